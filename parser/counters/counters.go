// Package counters is the catalogue of the kernel's protocol counters: which
// section of which file has them, how netstat -s words them, what they mean and
// when they are a sign of trouble. It is data; nothing here reads a file.
//
// Names are the kernel's, as the files spell them: "InSegs" of section "Tcp",
// "Ip6InReceives" of section "Ip6".
package counters

import (
	"strings"
	"sync"
)

// A Class says how netstat -s treats a counter. The zero Class is that of
// counters that netstat does not know.
type Class byte

// Classes, in the words of netstat's own table.
const (
	Plain   Class = iota // not in netstat's table: `Name: 5`, if it is not zero
	Lost                 // in netstat's table, which is not sorted there, so that it never finds it: as Plain
	Always               // the sentence, even for zero
	NonZero              // the sentence, if it is not zero
	Input                // below `ICMP input histogram:`, if it is not zero
	Output               // below `ICMP output histogram:`, if it is not zero
	Hidden               // never printed
)

// A Counter is one entry of the catalogue.
type Counter struct {
	Section string // the title in the file, or the prefix in snmp6: Tcp, TcpExt, Ip6, Sctp
	Name    string
	Class   Class
	// Sentence is netstat's, with %d for the number; empty for Plain and Hidden.
	// For Lost it is the one that netstat means to print and never does.
	Sentence string
	// Source is the document that defines the counter, or "kernel" for Linux's own.
	Source string
	// Meaning says what is counted: a phrase without capital and full stop.
	Meaning string
	// Bad says when the number is a sign of trouble: a phrase that goes on after
	// "bad". Empty if no value of it is.
	Bad string
}

// Sources.
const (
	ipMIB   = "RFC 4293"
	icmpMIB = "RFC 2011"
	icmp6   = "RFC 2466"
	tcpMIB  = "RFC 4022"
	udpMIB  = "RFC 4113"
	sctpMIB = "RFC 3873"
	kernel  = "kernel"
)

// All is THE list, section by section, in the order in which kernels print
// them. Like the index it is made when it is first used, so that views without
// counters do not pay for it at their start.
var All = sync.OnceValue(func() []Counter {
	return concat(ip(), ipExt(), icmp(), tcp(), tcpExt(), tcpExtLinux(), mptcp(), udp(), udpLite(), sctp(),
		ip6(), icmp6Counters(), udp6(), udpLite6())
})

// index finds an entry of All by section and name.
var index = sync.OnceValue(func() map[[2]string]*Counter {
	all := All()
	m := make(map[[2]string]*Counter, len(all))
	for i := range all {
		m[[2]string{all[i].Section, all[i].Name}] = &all[i]
	}
	return m
})

// Find gives the entry of a counter. The per-type counters of ICMP (InType3,
// Icmp6OutType135) are made up as needed: there are 256 of each.
func Find(section, name string) (Counter, bool) {
	if c, ok := index()[[2]string{section, name}]; ok {
		return *c, true
	}
	return messageType(section, name)
}

// in completes the entries of one section that have one source.
func in(section, source string, list ...Counter) []Counter {
	for i := range list {
		list[i].Section, list[i].Source = section, source
	}
	return list
}

// like makes the entries of a section whose counters mean the same as those of
// another, under a prefix. netstat does not know them.
func like(section, prefix string, list []Counter) []Counter {
	out := make([]Counter, len(list))
	for i, c := range list {
		c.Section, c.Name, c.Class, c.Sentence = section, prefix+c.Name, Plain, ""
		out[i] = c
	}
	return out
}

// known is like for entries that netstat words as the ones they are made of.
func known(section, prefix string, list []Counter, names ...string) []Counter {
	var out []Counter
	for _, name := range names {
		for _, c := range list {
			if c.Name == name {
				c.Section, c.Name = section, prefix+name
				out = append(out, c)
			}
		}
	}
	return out
}

// without leaves out what another list has.
func without(list, other []Counter) []Counter {
	var out []Counter
next:
	for _, c := range list {
		for _, o := range other {
			if c.Section == o.Section && c.Name == o.Name {
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

func concat(lists ...[]Counter) (all []Counter) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// Number cuts a sentence into what stands before and behind the number.
func (c Counter) Number() (before, behind string) {
	before, behind, _ = strings.Cut(c.Sentence, "%d")
	return before, behind
}

// Explain is the one line of --explain.
func (c Counter) Explain() string {
	s := c.Name + ": " + c.Meaning
	if c.Bad != "" {
		s += "; bad " + c.Bad
	}
	return s
}

// Level reports whether the number is a level or a setting, which may fall, and counts
// nothing.
func (c Counter) Level() bool {
	return strings.HasSuffix(c.Meaning, ": a level, not a count") || strings.HasSuffix(c.Meaning, ": a setting, not a count")
}
