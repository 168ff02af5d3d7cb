package render_test

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// hostileName would end a string, a label or a line of either language, be markup, or drive
// a terminal.
const hostileName = "a\"]; x --> y\n\\N\\\"<script>`#quot;|]\x1b[31m\u202e end"

func hostilePeers() render.Peers {
	some := func(n uint64) parser.Opt[uint64] { return parser.Some(n) }
	return render.Peers{
		Machines: []string{"web 1", hostileName},
		Talk: []rows.Talk{
			{From: parser.Some("web 1"), To: parser.Some(hostileName), Protocol: "tcp", Port: some(80), Service: parser.Some(hostileName), Connections: 3, Faults: 1, Doubts: 2},
			{From: parser.Some("web 1"), Protocol: "udp", Port: some(53), Connections: 1, Doubts: 1},
		},
		Missing: []rows.MissingPeer{{
			Address: parser.Some(netip.MustParseAddr("fe80::1")), Role: "client", Protocol: "tcp", Port: some(80), Connections: 7, Hosts: rows.NamesOf([]string{"web 1", hostileName}),
		}},
	}
}

// TestPeersGraph: the whole text of both languages, with a name that is no harmless one.
func TestPeersGraph(t *testing.T) {
	want := map[string]string{
		"dot": `digraph peers {
  rankdir=LR
  node [shape=box]
  n0 [label="a\"]; x --> y\\x0a\\N\\\"<script>` + "`" + `#quot;|]\\x1b[31m\\u202e end"]
  n1 [label="web 1"]
  n2 [label="one of several", style=dashed]
  n3 [label="fe80::1", style=dashed]
  n1 -> n0 [label="tcp 80 a\"]; x --> y\\x0a\\N\\\"<script>` + "`" + `#quot;|]\\x1b[31m\\u202e end: 3, 1 fault, 2 doubts", color=red]
  n1 -> n2 [label="udp 53: 1, 1 doubt", color=orange]
  n3 -> n1 [label="tcp 80"]
  n3 -> n0 [label="tcp 80"]
}
`,
		"mermaid": `flowchart LR
  n0["a#34;#93;#59; x --#62; y#92;x0a#92;N#92;#34;#60;script#62;#96;#35;quot#59;#124;#93;#92;x1b#91;31m#92;u202e end"]
  n1["web 1"]
  n2["one of several"]:::missing
  n3["fe80::1"]:::missing
  n1 -->|"tcp 80 a#34;#93;#59; x --#62; y#92;x0a#92;N#92;#34;#60;script#62;#96;#35;quot#59;#124;#93;#92;x1b#91;31m#92;u202e end: 3, 1 fault, 2 doubts"| n0
  linkStyle 0 stroke:red
  n1 -->|"udp 53: 1, 1 doubt"| n2
  linkStyle 1 stroke:orange
  n3 -->|"tcp 80"| n1
  n3 -->|"tcp 80"| n0
  classDef missing stroke-dasharray:4
`,
	}
	for _, f := range render.PeersFormats() {
		var b strings.Builder
		if err := f.Write(&b, hostilePeers()); err != nil {
			t.Fatal(err)
		}
		if b.String() != want[f.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", f.Name, b.String(), want[f.Name])
		}
	}
}

// TestPeersGraphIsBounded: of many peers without a capture most are one node.
func TestPeersGraphIsBounded(t *testing.T) {
	p := render.Peers{Machines: []string{"web1"}}
	addr := netip.MustParseAddr("10.0.0.1")
	for range 1000 {
		p.Missing = append(p.Missing, rows.MissingPeer{Address: parser.Some(addr), Role: "server", Protocol: "tcp", Port: parser.Some[uint64](80), Connections: 1, Hosts: rows.Words{"web1"}})
		addr = addr.Next()
	}
	for _, f := range render.PeersFormats() {
		var b strings.Builder
		if err := f.Write(&b, p); err != nil {
			t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`(?m)^  n\d+ ?\[`).FindAllString(b.String(), -1)); n != 32 {
			t.Errorf("%s: %d nodes, want the machine, 30 addresses and the others", f.Name, n)
		}
		if n := strings.Count(b.String(), "several"); n != 1 {
			t.Errorf("%s: the other addresses have %d edges, want 1", f.Name, n)
		}
	}
}
