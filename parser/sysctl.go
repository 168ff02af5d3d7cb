package parser

import (
	"bytes"
	"io"
	"iter"
)

// A Sysctl is one setting of the kernel as sysctl -a prints it.
type Sysctl struct {
	Line  int    // 1-based
	Name  string // with dots: net.core.somaxconn
	Value string // one line, blanks as printed; may be empty
}

// Sysctls decodes what `sysctl -a` prints, one `name = value` a line, in file order.
// What is no setting is passed over: messages about those that could not be read stand
// between them. Only read errors are yielded.
func Sysctls(file string, r io.Reader, _ Options) iter.Seq2[Sysctl, error] {
	return func(yield func(Sysctl, error) bool) {
		l := newLines(r)
		l.sniff = true
		for {
			text, err := l.next()
			if err != nil {
				err, end := l.fail(file, text, err)
				if err != nil && !yield(Sysctl{}, err) || end {
					return
				}
				continue
			}
			name, value, ok := bytes.Cut(text, []byte("="))
			name = bytes.TrimSpace(name)
			if !ok || len(name) == 0 || bytes.IndexByte(name, '.') < 0 || bytes.ContainsAny(name, " \t:") {
				continue
			}
			if !yield(Sysctl{l.line, string(name), string(bytes.TrimSpace(value))}, nil) {
				return
			}
		}
	}
}
