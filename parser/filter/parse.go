package filter

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a filter may cost.
const (
	MaxLength = 64 << 10 // bytes
	MaxDepth  = 100      // parentheses within parentheses
)

// A Filter is a text that was understood. It can be bound to any number of machines.
type Filter struct {
	text  string
	root  *node
	needs Needs
	mixed *Error
}

// Needs say what a filter has to know beside the rows.
type Needs struct {
	States     bool // it speaks of states: then it selects among all rows, not those that options select
	Programs   bool // pid, prog
	Interfaces bool // iface
	LocalPorts bool // autobound: the range of ports that the kernel chooses from
	Machine    bool // host, netns
	// Names of the captured machine whose numbers are needed.
	Hosts, Services, Users []string
}

// Needs tells what Bind has to be given.
func (f *Filter) Needs() Needs { return f.needs }

// Files reports whether files beside the tables of sockets have to be read.
func (n Needs) Files() bool {
	return n.Programs || n.Interfaces || n.LocalPorts || n.Machine || len(n.Hosts)+len(n.Services)+len(n.Users) > 0
}

// Mixed tells, if it is not nil, of the first `and` behind an `or` without parentheses:
// ss takes them from left to right, where other languages and ss's manual page do not.
func (f *Filter) Mixed() *Error { return f.mixed }

// String gives the text.
func (f *Filter) String() string { return f.text }

// Parse reads a filter. An error is an [*Error].
func Parse(text string) (*Filter, error) {
	p := &reader{text: text, f: &Filter{text: text}}
	if len(text) > MaxLength {
		return nil, p.wrong(MaxLength, len(text), "", "the filter has %d bytes, and may have %d", len(text), MaxLength)
	}
	root, err := p.list()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != atEnd {
		return nil, p.wrong(t.at, t.end, `a condition or the end`, `")" without "("`)
	}
	p.f.root = root
	return p.f, nil
}

type reader struct {
	text  string
	pos   int
	depth int
	f     *Filter
}

var (
	andWords = []string{"and", "&&", "&"}
	orWords  = []string{"or", "||", "|"}
	notWords = []string{"not", "!"}
)

// list reads conditions up to the end or to a ) that it leaves. States at its beginning,
// which in ss are no conditions, hold for all that follows, unless that is an `or`.
func (p *reader) list() (*node, *Error) {
	all := &node{op: list}
	for {
		n, err := p.condition()
		if err != nil {
			return nil, err
		}
		t := p.peek()
		if n.field != state || t.kind == atEnd || t.kind == closed || slices.Contains(orWords, t.text) {
			if n, err = p.rest(n); err != nil || all.parts == nil {
				return n, err
			}
			all.parts = append(all.parts, part{node: n})
			return all, nil
		}
		if slices.Contains(andWords, t.text) {
			p.take(t)
		}
		all.parts = append(all.parts, part{node: n})
	}
}

// rest reads what follows the first condition of a list.
func (p *reader) rest(first *node) (_ *node, err *Error) {
	all := &node{op: list, parts: []part{{node: first}}}
	for or := false; ; {
		t := p.peek()
		next := part{}
		switch {
		case t.kind == atEnd || t.kind == closed:
			if len(all.parts) == 1 {
				return first, nil
			}
			return all, nil
		case slices.Contains(orWords, t.text):
			next.or, or = true, true
			p.take(t)
		case slices.Contains(andWords, t.text):
			p.take(t)
			fallthrough
		default:
			if or && p.f.mixed == nil {
				p.f.mixed = p.wrong(t.at, t.end, "", "and behind or")
			}
		}
		if next.node, err = p.condition(); err != nil {
			return nil, err
		}
		all.parts = append(all.parts, next)
	}
}

// condition reads one, with what stands before it to make its contrary.
func (p *reader) condition() (*node, *Error) {
	contrary := false
	t := p.peek()
	for ; slices.Contains(notWords, t.text); t = p.peek() {
		contrary = !contrary
		p.take(t)
	}
	n, err := p.single(t)
	if err != nil || !contrary {
		return n, err
	}
	return &node{op: not, parts: []part{{node: n}}}, nil
}

const aCondition = `a condition, "not" or "("`

// single reads one that begins with the token.
func (p *reader) single(t token) (*node, *Error) {
	switch {
	case t.kind == atEnd && p.text[:t.at] == strings.Repeat(" ", t.at):
		return nil, p.wrong(t.at, t.at, aCondition, "the filter is empty")
	case t.kind == atEnd:
		return nil, p.wrong(t.at, t.at, aCondition, "the filter ends too early")
	case t.kind == open:
		return p.parentheses(t)
	case t.kind != word:
		return nil, p.wrong(t.at, t.end, aCondition, "%q cannot stand here", t.text)
	}
	switch t.text {
	case state.name, excludeWord, exclWord:
		return p.states()
	case autoboundWord:
		p.take(t)
		p.f.needs.LocalPorts = true
		return &node{op: compare, at: t}, nil
	}
	f := fieldByName(t.text)
	if why, ok := elsewhere[t.text]; f == nil && ok {
		return nil, p.wrong(t.at, t.end, "", "%s: %s", t.text, why)
	}
	if f == nil {
		err := p.wrong(t.at, t.end, aCondition, "%q is no field", t.text)
		if slices.Contains(andWords, t.text) || slices.Contains(orWords, t.text) {
			err.Problem = strconv.Quote(t.text) + " cannot stand here"
		} else {
			err.Word, err.Known = t.text, heads()
		}
		return nil, err
	}
	p.take(t)
	return p.comparison(f, t)
}

func (p *reader) parentheses(t token) (*node, *Error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, p.wrong(t.at, t.end, "", "more than %d parentheses stand within each other", MaxDepth)
	}
	p.take(t)
	if end := p.peek(); end.kind == closed {
		return nil, p.wrong(t.at, end.end, aCondition, "nothing stands in the parentheses")
	}
	n, err := p.list()
	if err != nil {
		return nil, err
	}
	end := p.peek()
	if end.kind != closed {
		return nil, p.wrong(t.at, t.end, `")" behind it`, `"(" is never closed`)
	}
	p.take(end)
	p.depth--
	return n, nil
}

// states reads adjacent ones, which make one set as in ss: each `state` adds to it, each
// `exclude` takes away; a set that begins with `exclude` has all others.
func (p *reader) states() (*node, *Error) {
	p.f.needs.States = true
	n := &node{op: compare, field: state, at: p.peek()}
	for first := true; ; first = false {
		t := p.peek()
		if t.kind != word || t.text != state.name && t.text != excludeWord && t.text != exclWord {
			return n, nil
		}
		p.take(t)
		exclude := t.text != state.name
		if !exclude {
			cmp, err := p.operator(state, t)
			if err != nil {
				return nil, err
			}
			exclude = cmp == unequal
		}
		v, err := p.value(state)
		if err != nil {
			return nil, err
		}
		mask, ok := stateMask(v.text)
		if !ok {
			return nil, p.wrong(v.at, v.end, state.expect, "%q is no state", v.text)
		}
		switch {
		case !exclude:
			n.mask |= mask
		case first:
			n.mask = allStates &^ mask
		default:
			n.mask &^= mask
		}
	}
}

// operator reads one that the field takes.
func (p *reader) operator(f *field, name token) (comparison, *Error) {
	var takes []string
	for _, c := range f.ops {
		takes = append(takes, comparisons[c][0])
	}
	expected := strings.Join(takes, " ")
	t := p.peek()
	for c, spellings := range comparisons {
		if slices.Contains(spellings, t.text) && t.kind != atEnd {
			if !f.takes(comparison(c)) {
				return 0, p.wrong(t.at, t.end, expected, "%s does not take %s", f.name, t.text)
			}
			p.take(t)
			return comparison(c), nil
		}
	}
	switch {
	case f.bare && t.kind != symbol:
		return equal, nil
	case t.kind == atEnd:
		return 0, p.wrong(t.at, t.end, expected, "the filter ends behind %s", name.text)
	}
	err := p.wrong(t.at, t.end, expected, "%q is no operator", t.text)
	if f.takes(match) && t.text[0] == '/' {
		err.Expected += "; a shell puts the home directory in place of a bare ~: quote the filter"
	}
	return 0, err
}

// comparison reads what stands behind the name of a field.
func (p *reader) comparison(f *field, name token) (*node, *Error) {
	cmp, err := p.operator(f, name)
	if err != nil {
		return nil, err
	}
	n := &node{op: compare, field: f, cmp: cmp}
	if n.at, err = p.value(f); err != nil {
		return nil, err
	}
	p.need(f)
	switch f.of {
	case hostValue:
		err = p.host(n)
	case portValue:
		err = p.port(n)
	case numberValue:
		n.number, err = p.number(n.at, f)
	case userValue:
		if n.number, err = p.number(n.at, f); err != nil && n.at.text != "" {
			n.text, err = n.at.text, nil
			p.f.needs.Users = append(p.f.needs.Users, n.text)
		}
	case timerValue:
		n.number, err = p.oneOf(timerNames, n.at, f, "timer")
	case typeValue:
		n.number, err = p.oneOf(typeNames, n.at, f, "type")
	default:
		err = p.words(n)
	}
	if err != nil {
		return nil, err
	}
	if c, contrary := cmp.contrary(); contrary {
		n.cmp = c
		return &node{op: not, parts: []part{{node: n}}}, nil
	}
	return n, nil
}

func (p *reader) need(f *field) {
	switch f {
	case pid, prog:
		p.f.needs.Programs = true
	case iface:
		p.f.needs.Interfaces = true
	case hostName, netNS:
		p.f.needs.Machine = true
	}
}

// words reads a text, or behind ~ a regular expression.
func (p *reader) words(n *node) *Error {
	n.text = n.at.text
	if n.cmp != match && n.cmp != noMatch {
		return nil
	}
	var err error
	if n.pattern, err = regexp.Compile(n.text); err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return p.wrong(n.at.at, n.at.end, "", "%q is no regular expression: %s", n.text, why)
	}
	return nil
}

// number reads decimal digits, or hexadecimal ones behind 0x.
func (p *reader) number(t token, f *field) (uint64, *Error) {
	n, err := parseNumber(t.text, 64)
	if err != nil {
		return 0, p.wrong(t.at, t.end, f.expect, "%q is no number", t.text)
	}
	return n, nil
}

// parseNumber: a 0 at the beginning is octal to ss, and to nobody else.
func parseNumber(s string, bits int) (uint64, error) {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return strconv.ParseUint(hex, 16, bits)
	}
	if len(s) > 1 && s[0] == '0' {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(s, 10, bits)
}

// oneOf reads one of the words, which stands for its place among them.
func (p *reader) oneOf(names []string, t token, f *field, what string) (uint64, *Error) {
	i := slices.Index(names, strings.ToLower(t.text))
	if i < 0 || t.text == "" {
		return 0, p.wrong(t.at, t.end, f.expect, "%q is no %s", t.text, what)
	}
	return uint64(i), nil
}
