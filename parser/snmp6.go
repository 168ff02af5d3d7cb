package parser

import (
	"io"
	"iter"
	"strings"
)

// SNMP6 decodes /proc/net/snmp6, written by snmp6_seq_show (net/ipv6/proc.c) as
// one `name value` a line, in file order, with errors as [Inet] yields them.
// The section of a counter is its name up to and including the first 6, or the
// whole name if it has none.
func SNMP6(file string, r io.Reader, _ Options) iter.Seq2[Counter, error] {
	return nameValues(file, r, func(name string) string {
		before, _, found := strings.Cut(name, "6")
		if !found {
			return name
		}
		return before + "6"
	})
}

// SCTPSNMP decodes /proc/net/sctp/snmp, written by sctp_snmp_seq_show
// (net/sctp/proc.c) as one `name value` a line, in file order, with errors as
// [Inet] yields them.
func SCTPSNMP(file string, r io.Reader, _ Options) iter.Seq2[Counter, error] {
	return nameValues(file, r, func(string) string { return "Sctp" })
}

func nameValues(file string, r io.Reader, section func(name string) string) iter.Seq2[Counter, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Counter {
		n := Counter{Line: line}
		n.Name = string(c.token("name"))
		n.Section = section(n.Name)
		n.Value, n.Negative = c.count(counterField(n.Name))
		return n
	})
}
