package names

import (
	"bytes"
	"io"
	"strconv"
)

// SlimPasswd gives etc/passwd with nothing in it but what a [Table] takes from
// it: name, uid and group of each entry that can be read, and x for the rest.
// With an error the text is what could be read.
func SlimPasswd(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	err := eachLine(r, false, func(line string) {
		if name, uid, gid, ok := passwdEntry(line); ok {
			b.WriteString(name + ":x:" + strconv.FormatUint(uint64(uid), 10) + ":" + strconv.FormatUint(uint64(gid), 10) + "\n")
		}
	})
	return b.Bytes(), err
}
