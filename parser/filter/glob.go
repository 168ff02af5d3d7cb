package filter

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Prefixes of src and dst that say of which family the rest is, as in ss.
const (
	unixPrefix  = "unix:"
	inetPrefix  = "inet:"
	inet6Prefix = "inet6:"
)

// unixGlob gives the pattern for names of UNIX sockets that a text is: one behind unix:,
// or one that begins like a path or like an abstract name.
func unixGlob(text string) (glob string, ok bool) {
	if glob, ok = strings.CutPrefix(text, unixPrefix); ok {
		return glob, true
	}
	return text, strings.HasPrefix(text, "/") || strings.HasPrefix(text, "@")
}

// compileGlob makes a pattern of the shell, as fnmatch(3) without flags takes it: * and ?
// stand for slashes too. It is matched in linear time, whatever it is.
func compileGlob(glob string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := glob; rest != ""; {
		c, size := utf8.DecodeRuneInString(rest)
		next := rest[size:]
		switch {
		case c == '*':
			b.WriteString(`.*`)
		case c == '?':
			b.WriteString(`.`)
		case c == '[' && setLength(next) > 0:
			n := setLength(next)
			b.WriteString(set(next[:n]))
			next = next[n+1:]
		case c == '\\' && next != "":
			_, size := utf8.DecodeRuneInString(next)
			b.WriteString(regexp.QuoteMeta(next[:size]))
			next = next[size:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:size]))
		}
		rest = next
	}
	return regexp.Compile(b.String() + `\z`)
}

// setLength is how long a set is, whose [ stands before the text, or 0 if no ] ends it: the
// bracket is then one like other characters.
func setLength(text string) int {
	first := len(text) - len(strings.TrimLeft(text, "!^"))
	first = min(first, 1) + 1 // a ] in the first place is in the set
	if first > len(text) {
		return 0
	}
	n := strings.IndexByte(text[first:], ']')
	if n < 0 {
		return 0
	}
	return first + n
}

// set writes a set as regular expressions have it.
func set(text string) string {
	contrary := ""
	if text[0] == '!' || text[0] == '^' {
		contrary, text = "^", text[1:]
	}
	return "[" + contrary + strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`).Replace(text) + "]"
}
