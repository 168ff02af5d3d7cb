package filter

import "strings"

// A kind is what a token is.
type kind uint8

const (
	atEnd  kind = iota
	open        // (
	closed      // )
	symbol      // = && ! and the like
	word
)

// A token is a part of the filter where no free text may stand.
type token struct {
	kind    kind
	text    string
	at, end int // in bytes
}

// symbols are longest first.
var symbols = []string{"==", "!=", "<=", ">=", "&&", "||", "!~", "=", "<", ">", "~", "!", "&", "|"}

const blanks = " \t\r\n"

func isBlank(b byte) bool { return strings.IndexByte(blanks, b) >= 0 }

// blank passes over blanks.
func (p *reader) blank() {
	for p.pos < len(p.text) && isBlank(p.text[p.pos]) {
		p.pos++
	}
}

// peek gives the next token without passing over it. A word of letters, digits, - and _
// ends where these do, so that dport=:443 is three tokens; another one ends at a blank
// or a parenthesis.
func (p *reader) peek() token {
	p.blank()
	t := token{at: p.pos, end: p.pos}
	rest := p.text[p.pos:]
	if rest == "" {
		return t
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			t.kind, t.end = symbol, t.at+len(s)
			t.text = s
			return t
		}
	}
	switch {
	case rest[0] == '(':
		t.kind, t.end = open, t.at+1
	case rest[0] == ')':
		t.kind, t.end = closed, t.at+1
	default:
		t.kind = word
		n := strings.IndexFunc(rest, func(r rune) bool { return !isNameRune(r) })
		if n == 0 {
			n = strings.IndexAny(rest, blanks+"()")
		}
		if n < 0 {
			n = len(rest)
		}
		t.end = t.at + n
	}
	t.text = p.text[t.at:t.end]
	return t
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
}

// take passes over a token that peek gave.
func (p *reader) take(t token) { p.pos = t.end }

// value reads what a field is compared with, up to a blank or to a ) without a ( in it;
// what is no free text ends at & and | as well. It may stand in quotes, and `\ ` is a
// blank.
func (p *reader) value(f *field) (token, *Error) {
	p.blank()
	t := token{kind: word, at: p.pos}
	rest := p.text[p.pos:]
	if rest == "" {
		return t, p.wrong(len(p.text), len(p.text), f.expect, "the filter ends too early")
	}
	if quote := rest[0]; quote == '\'' || quote == '"' {
		n := strings.IndexByte(rest[1:], quote)
		if n < 0 {
			return t, p.wrong(t.at, len(p.text), "", "the quote is never closed")
		}
		t.text, t.end = rest[1:1+n], t.at+n+2
		p.pos = t.end
		return t, nil
	}
	depth, n := 0, 0
scan:
	for ; n < len(rest); n++ {
		switch c := rest[n]; {
		case isBlank(c), f.of != textValue && (c == '&' || c == '|'):
			break scan
		case c == '\\' && n+1 < len(rest) && rest[n+1] == ' ':
			n++
		case c == '(':
			depth++
		case c == ')':
			if depth == 0 {
				break scan
			}
			depth--
		}
	}
	t.end = t.at + n
	t.text = strings.ReplaceAll(rest[:n], `\ `, " ")
	if n == 0 {
		return t, p.wrong(t.at, t.at+1, f.expect, "a value is missing")
	}
	p.pos = t.end
	return t, nil
}
