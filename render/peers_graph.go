package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// Peers is what coldstat peers writes as a graph: who talks to whom.
type Peers struct {
	Machines []string
	Talk     []rows.Talk
	Missing  []rows.MissingPeer
}

// A PeersFormat is one way of writing the graph.
type PeersFormat struct {
	Name, Doc string
	Write     func(w io.Writer, p Peers) error
}

// PeersFormats is THE list of them. The rows themselves are written in the formats of
// [Formats].
func PeersFormats() []PeersFormat {
	return []PeersFormat{
		{"dot", "the graph of who talks to whom, for Graphviz", writeDot},
		{"mermaid", "the same for Mermaid, as wikis and tickets draw it", writeMermaid},
	}
}

// PeersFormatByName finds a format.
func PeersFormatByName(name string) (PeersFormat, bool) {
	all := PeersFormats()
	i := slices.IndexFunc(all, func(f PeersFormat) bool { return f.Name == name })
	if i < 0 {
		return PeersFormat{}, false
	}
	return all[i], true
}

// maxMissingNodes is how many peers without a capture are drawn one by one.
const maxMissingNodes = 30

// A node is a machine of the graph, an edge a service between two.
type node struct {
	label   string
	missing bool
}

type edge struct {
	from, to int
	label    string
	fault    bool
	doubt    bool
}

// graph makes nodes and edges, in the order of the rows.
func (p Peers) graph() (nodes []node, edges []edge) {
	at := map[string]int{}
	nodeOf := func(key string, n node) int {
		i, ok := at[key]
		if !ok {
			i = len(nodes)
			at[key] = i
			nodes = append(nodes, n)
		}
		return i
	}
	named := func(name string, known bool) int {
		if !known {
			return nodeOf("?", node{"one of several", true})
		}
		return nodeOf("machine "+name, node{name, false})
	}
	for _, name := range slices.Sorted(slices.Values(p.Machines)) {
		named(name, true)
	}
	for i := range p.Talk {
		t := &p.Talk[i]
		port, _ := t.Port.Get()
		label := edgeLabel(t.Protocol, port, nameIn(t.Service.Get())) + ": " + strconv.FormatUint(t.Connections, 10)
		for _, n := range []struct {
			count     uint64
			one, many string
		}{{t.Faults, "fault", "faults"}, {t.Doubts, "doubt", "doubts"}} {
			if n.count == 1 {
				label += ", 1 " + n.one
			} else if n.count > 1 {
				label += fmt.Sprintf(", %d %s", n.count, n.many)
			}
		}
		edges = append(edges, edge{named(t.From.Get()), named(t.To.Get()), label, t.Faults > 0, t.Doubts > 0})
	}
	edges = append(edges, p.absent(nodeOf)...)
	return nodes, edges
}

func nameIn(name string, _ bool) string { return name }

func edgeLabel(protocol string, port uint64, service string) string {
	label := protocol + " " + strconv.FormatUint(port, 10)
	if service != "" {
		label += " " + service
	}
	return label
}

// absent draws the peers without a capture, those with the most connections one by one
// and the others as one.
func (p Peers) absent(nodeOf func(string, node) int) (edges []edge) {
	drawn := map[string]bool{}
	others := map[[2]int]bool{}
	for i := range p.Missing {
		m := &p.Missing[i]
		addr, _ := m.Address.Get()
		name := addr.String()
		own := drawn[name] || len(drawn) < maxMissingNodes
		drawn[name] = own || drawn[name]
		away := -1
		if own {
			away = nodeOf("missing "+name, node{name, true})
		} else {
			delete(drawn, name)
			away = nodeOf("others", node{"other addresses", true})
		}
		port, _ := m.Port.Get()
		for _, host := range m.Hosts {
			here := nodeOf("machine "+unescaped(host), node{unescaped(host), false})
			ends := [2]int{here, away}
			if m.Role == "client" {
				ends = [2]int{away, here}
			}
			if own {
				label := edgeLabel(m.Protocol, port, nameIn(m.Service.Get()))
				if len(m.Hosts) == 1 { // else it is not known how many are of each
					label += ": " + strconv.FormatUint(m.Connections, 10)
				}
				edges = append(edges, edge{from: ends[0], to: ends[1], label: label})
				continue
			}
			if !others[ends] {
				others[ends] = true
				edges = append(edges, edge{from: ends[0], to: ends[1], label: "several"})
			}
		}
	}
	return edges
}

var blankUnescaper = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// unescaped is a name as it was before [rows.NamesOf].
func unescaped(name string) string { return blankUnescaper.Replace(name) }

// color is that of an edge, or empty.
func (e edge) color() string {
	switch {
	case e.fault:
		return "red"
	case e.doubt:
		return "orange"
	}
	return ""
}

func writeDot(w io.Writer, p Peers) error {
	o := newOut(w)
	nodes, edges := p.graph()
	o.text("digraph peers {\n  rankdir=LR\n  node [shape=box]\n")
	for i, n := range nodes {
		style := ""
		if n.missing {
			style = ", style=dashed"
		}
		o.text(fmt.Sprintf("  n%d [label=%s%s]\n", i, dotText(n.label), style))
		o.full()
	}
	for _, e := range edges {
		style := ""
		if c := e.color(); c != "" {
			style = ", color=" + c
		}
		o.text(fmt.Sprintf("  n%d -> n%d [label=%s%s]\n", e.from, e.to, dotText(e.label), style))
		o.full()
	}
	o.text("}\n")
	return o.flush()
}

var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// dotText is a string of DOT. A backslash would begin an escape, also one that stands for
// the name of the node.
func dotText(s string) string { return `"` + dotEscaper.Replace(words.Safe(s)) + `"` }

func writeMermaid(w io.Writer, p Peers) error {
	o := newOut(w)
	nodes, edges := p.graph()
	o.text("flowchart LR\n")
	for i, n := range nodes {
		class := ""
		if n.missing {
			class = ":::missing"
		}
		o.text(fmt.Sprintf("  n%d[%s]%s\n", i, mermaidText(n.label), class))
		o.full()
	}
	for i, e := range edges {
		o.text(fmt.Sprintf("  n%d -->|%s| n%d\n", e.from, mermaidText(e.label), e.to))
		if c := e.color(); c != "" {
			o.text(fmt.Sprintf("  linkStyle %d stroke:%s\n", i, c))
		}
		o.full()
	}
	o.text("  classDef missing stroke-dasharray:4\n")
	return o.flush()
}

// mermaidText is a quoted text of Mermaid, in which all but letters, digits and what is
// surely harmless is written as #NUMBER;, as there is no other way to escape.
func mermaidText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range words.Safe(s) {
		switch {
		case r >= 0x80, '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', strings.ContainsRune(" .,:-_/?", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
