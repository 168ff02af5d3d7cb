package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// A bundle may be one text: a file of /proc/net, several of them one behind the
// other as they are pasted, or a collector's text. Tables are told by their
// header, to which the kernel gives a width of its own, and what that leaves open
// by the file's name and the first row.

// oneFile is the collector of a bundle that is just tables.
const oneFile = "one file"

// textPart tells what the text that begins so is. It is nil if it is no table and
// none of the texts of the layouts.
func textPart(head []byte) (collector string, p *part) {
	for _, l := range layouts() {
		for i := range l.parts {
			if p := &l.parts[i]; p.looks != nil && p.looks(head) {
				return l.collector, p
			}
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(bom)), "\r\n")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if tableRule(bytes.TrimSuffix(line, []byte("\r")), 1, "", false).name != "" {
		return oneFile, &part{rule: tableRule}
	}
	return "", nil
}

// loadText keeps a text as the only file of the bundle.
func (ld *loader) loadText(src *source) error {
	n := &node{mode: 0o444}
	if src.in != nil {
		n.data, n.size, ld.inPlace = sectionContent{r: src.in, size: src.in.Size()}, src.in.Size(), true
	} else {
		content := ld.holdAll(src.r, chunkSize, &ld.budget)
		if errors.Is(content.err, ErrLimit) {
			return fmt.Errorf("%q: %w", ld.name, content.err)
		}
		if content.err != nil {
			ld.damage("%v", tarError(content.err))
		}
		n.data, n.size = content, content.size()
	}
	ld.text = "text"
	ld.tree.put(ld.text, n)
	return nil
}

// locateText makes a machine of one text.
func (b *Bundle) locateText(name string, t tree, stored string) error {
	f, err := t.open(stored)
	if err != nil {
		return err
	}
	defer f.Close()
	br := bufio.NewReaderSize(f, bufferSize)
	head, _ := br.Peek(headSize)
	collector, p := textPart(head)
	if p == nil { // it is cut before the first line's end
		return &UnknownFormatError{Name: name}
	}
	s := &showing{t: t, files: newArchive(), called: path.Base(name)}
	s.sections(br, stored, p.rule)
	if len(s.files.nodes) == 1 {
		return &NoHostError{Name: name, Why: fmt.Sprintf("it is a text of %s without any file that is of use", collector)}
	}
	b.take([]hostFS{s.host(collector, ".")})
	return nil
}

// A table is how one file of /proc/net begins: with these words, and with all of
// the others in the line.
type table struct {
	name  string
	first string
	has   string
}

// tableHeaders tell all files but those of sockets, whose headers need a closer
// look, and those without a header.
var tableHeaders = []table{
	{"unix", "Num RefCount Protocol", ""},
	{"rt_cache", "Iface Destination Gateway", " Source "},
	{"route", "Iface Destination Gateway", ""},
	{"dev", "Inter-|", ""},
	{"snmp", "Ip: Forwarding", ""},
	{"netstat", "TcpExt: SyncookiesSent", ""},
	{"snmp6", "Ip6InReceives", ""},
	{"arp", "IP address HW type", ""},
	{"packet", "sk RefCnt Type", ""},
	{"netlink", "sk Eth Pid", ""},
	{"igmp", "Idx Device", ""},
	{"sctp/eps", "ENDPT SOCK", ""},
	{"sctp/assocs", "ASSOC SOCK", ""},
}

// tableRule begins a section at each header, and where rows without header begin.
func tableRule(line []byte, _ int, in string, _ bool) mark {
	if len(line) == 0 {
		return mark{}
	}
	name := headerOf(line)
	if name == "" {
		if name = shapeOf(line); name == in {
			return mark{}
		}
	}
	if name == "" {
		return mark{}
	}
	return mark{name: name, own: true}
}

// maxHeader is how much of a line is looked at: the longest header that matters
// begins so.
const maxHeader = headSize

func headerOf(line []byte) string {
	text := string(line[:min(len(line), maxHeader)])
	words := strings.Join(strings.Fields(text), " ") + " "
	if strings.HasPrefix(words, "sl local_address rem_address ") || strings.HasPrefix(words, "sl local_address remote_address ") {
		return socketHeader(text, words)
	}
	for _, t := range tableHeaders {
		if strings.HasPrefix(words, t.first) && strings.Contains(words, t.has) {
			return "proc/net/" + t.name
		}
	}
	return ""
}

// Headers of socket tables, as the kernel has them: tcp fills its lines up to 149
// characters and udp to 127, also in old kernels, where neither has drops; later
// ones indent udp's header by three blanks. raw is filled up in old ones only.
// The IPv6 tables are all alike, but since there are drops tcp6 has none.
func socketHeader(text, words string) string {
	drops := strings.HasSuffix(words, " drops ")
	switch {
	case strings.HasPrefix(words, "sl local_address remote_address "):
		if drops {
			return anyDrops6
		}
		return anyOf6
	case strings.HasPrefix(text, "   sl") || drops && len(text) == 127:
		return anyUDP
	case drops:
		return anyDrops
	case len(text) == 127:
		return anyOld
	case len(text) == 149:
		return "proc/net/tcp"
	default:
		return anyOf
	}
}

// What a header leaves open, the likeliest first.
const (
	anyUDP    = "udp udplite"
	anyDrops  = "raw udp udplite"
	anyOld    = "udp raw"
	anyOf     = "tcp udp raw"
	anyOf6    = "tcp6 udp6 raw6"
	anyDrops6 = "udp6 raw6 udplite6 tcp6"
)

// settle decides what a header left open, by the file's own name, by the first
// row, else by what is likeliest, which is said.
func (s *showing) settle(sec section, stored string) string {
	choices := strings.Fields(sec.name)
	if len(choices) < 2 {
		return sec.name
	}
	if called := calledTable(s.called); slices.Contains(choices, called) {
		return "proc/net/" + called
	}
	row, slot := firstRow(s.t, stored, sec)
	switch {
	case sec.name == anyUDP: // udplite is never seen
		return "proc/net/udp"
	case sec.name == anyDrops && slot == 4:
		return "proc/net/raw" // udp writes 5 digits
	case sec.name == anyDrops && slot == 5:
		return "proc/net/udp" // whose blanks at the end were lost
	case sec.name == anyOf || sec.name == anyOf6:
		if len(row) > 12 || len(row) == 12 && (row[3] == "06" || row[3] == "03") {
			return "proc/net/" + choices[0] // only tcp has more columns, and these states
		}
		if len(row) == 12 {
			choices = choices[1:]
		}
	}
	s.note("the table at line %d may be that of %s; it is taken for %s, name the file so if it is another",
		sec.line, strings.Join(choices, ", "), choices[0])
	return "proc/net/" + choices[0]
}

// firstRow gives the columns of the row behind the header, and where the first
// of them ends.
func firstRow(t tree, stored string, sec section) (columns []string, slot int) {
	r := &stretchReader{s: stretch{t: t, stored: stored, off: sec.off, size: min(sec.end-sec.off, 2*maxHeader)}}
	defer r.Close()
	text, _ := io.ReadAll(r)
	_, row, _ := bytes.Cut(text, []byte("\n"))
	row, _, _ = bytes.Cut(row, []byte("\n"))
	return strings.Fields(string(row)), bytes.IndexByte(row, ':')
}

// calledTable is the table that a file's name means: udp6 of udp6.txt,
// proc_net_udp6.gz and web1-udp6.
func calledTable(name string) string {
	stem, _, _ := strings.Cut(strings.TrimPrefix(name, "proc.net."), ".")
	return stem[strings.LastIndexAny(stem, "_- ")+1:]
}

// shapes of rows in files without header: digits of each column, 0 for any text.
var shapes = []struct {
	name  string
	width []int
}{
	{"proc/net/if_inet6", []int{32, 2, 2, 2, 2, 0}},
	{"proc/net/ipv6_route", []int{32, 2, 32, 2, 32, 8, 8, 8, 8, 0}},
	{"proc/net/igmp6", []int{0, 0, 32, 0, 8, 0}},
}

func shapeOf(line []byte) string {
	if len(line) > maxHeader {
		return ""
	}
	f := bytes.Fields(line)
	for _, s := range shapes {
		if len(f) != len(s.width) {
			continue
		}
		fits := true
		for i, width := range s.width {
			fits = fits && (width == 0 || len(f[i]) == width && isHex(f[i]))
		}
		if fits {
			return s.name
		}
	}
	return ""
}

func isHex(text []byte) bool { return len(bytes.Trim(text, "0123456789abcdefABCDEF")) == 0 }
