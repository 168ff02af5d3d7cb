package triage

import (
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// neighbourRow is a neighbour as arp -n shows it, one blank between the columns, and
// with its state in words.
func neighbourRow(n *rows.Neighbour) Evidence {
	words := []string{"-", n.HWAddr, n.State}
	if a, ok := n.Address.Get(); ok {
		words[0] = a.String()
	}
	if dev, ok := n.Interface.Get(); ok {
		words = append(words, dev)
	}
	return Evidence{n.File, lineOf(n.Origin), strings.Join(words, " ")}
}
