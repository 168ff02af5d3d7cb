package names_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/coldstat/coldstat/parser/names"
)

func TestSlimPasswd(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"an entry", "root:x:0:0:root:/root:/bin/bash\n", "root:x:0:0\n"},
		{"a hash", "root:$6$abc:0:0:::\n", "root:x:0:0\n"},
		{"no newline", "a:x:1:2", "a:x:1:2\n"},
		{"CR LF and blanks", " a:x: 1: 2\r\n", "a:x:1:2\n"},
		{"comments, NIS and broken entries", "# a:x:1:2\n+::::\n-b\nc:x:y:1\nd:x:1\n\n", ""},
		{"empty", "", ""},
	} {
		if got, err := names.SlimPasswd(strings.NewReader(tt.in)); string(got) != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	fails := errors.New("fails")
	got, err := names.SlimPasswd(io.MultiReader(strings.NewReader("a:x:1:2\nb:x:"), iotest.ErrReader(fails)))
	if string(got) != "a:x:1:2\n" || !errors.Is(err, fails) {
		t.Errorf("a read error: %q, %v", got, err)
	}
}

// FuzzSlimPasswd: the users are those of the whole file, and a second time nothing
// changes.
func FuzzSlimPasswd(f *testing.F) {
	f.Add("root:x:0:0:root:/root:/bin/sh\n# x\n+\na:b:+1: 2\n:x:3:3", uint32(3))
	f.Fuzz(func(t *testing.T, text string, uid uint32) {
		slim, err := names.SlimPasswd(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := names.SlimPasswd(bytes.NewReader(slim))
		if err != nil || !bytes.Equal(again, slim) {
			t.Errorf("of %q: %q, %v", slim, again, err)
		}
		user := func(text string) (string, bool) {
			table, _ := names.Load(fstest.MapFS{"etc/passwd": {Data: []byte(text)}}, names.None)
			return table.User(uid)
		}
		want, wantOK := user(text)
		if got, ok := user(string(slim)); got != want || ok != wantOK {
			t.Errorf("user %d of %q is %q, %v; of %q %q, %v", uid, text, want, wantOK, slim, got, ok)
		}
	})
}
