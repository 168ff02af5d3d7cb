package parser

import (
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// NetstatInterfaces decodes what `netstat -i` and `ifconfig -s` print (net-tools
// lib/interface.c, ife_short), with errors as [Inet] yields them. The header tells
// the columns; older versions have Met. Lines before it and behind an empty one are
// passed over.
//
// The letters tell all flags but for a single P, which may be PROMISC or POINTOPOINT
// where no letter stands around it that tells the order: then both are unknown.
func NetstatInterfaces(file string, r io.Reader, _ Options) iter.Seq2[IPLink, error] {
	return func(yield func(IPLink, error) bool) {
		l := newLines(r)
		l.sniff = true
		var columns []string
		eachLine(l, file, yield, func(text []byte) bool {
			f := strings.Fields(string(text))
			switch {
			case len(f) == 0:
				columns = nil
				return true
			case f[0] == "Iface" && slices.Contains(f, "RX-OK"):
				columns = f
				return true
			case columns == nil:
				return true
			}
			link, bad := netstatInterface(columns, f)
			if bad != nil {
				bad.place(file, l.line, text)
				return yield(IPLink{}, bad)
			}
			link.setLine(l.line)
			return yield(link, nil) && (!l.cut || yield(IPLink{}, (&cursor{b: text}).cutError(file, l.line)))
		})
	}
}

func (l *IPLink) setLine(line int) {
	l.Line = line
	if c, ok := l.Counters.Get(); ok {
		c.Line = line
		l.Counters = Some(c)
	}
}

// netstatInterface reads one row.
func netstatInterface(columns, f []string) (link IPLink, bad *RowError) {
	link.Name = f[0]
	c := DevCounters{Iface: f[0], Lacks: LacksFrame | LacksCarrier | LacksColls}
	numbers := map[string]*uint64{
		"RX-OK": &c.RxPackets, "RX-ERR": &c.RxErrs, "RX-DRP": &c.RxDrop, "RX-OVR": &c.RxFifo,
		"TX-OK": &c.TxPackets, "TX-ERR": &c.TxErrs, "TX-DRP": &c.TxDrop, "TX-OVR": &c.TxFifo,
	}
	none := strings.Contains(strings.Join(f, " "), "- no statistics available -")
	for i, column := range columns[1:] {
		if i++; i >= len(f) {
			if numbers[column] == nil && column != "MTU" && column != "Flg" { // the capture's own word
				return link, &RowError{Value: clip(f[0]), Err: ErrShort}
			}
			return link, &RowError{Field: column, Err: ErrShort}
		}
		switch to := numbers[column]; {
		case column == "MTU":
			n, err := strconv.ParseInt(f[i], 10, 64)
			if err != nil {
				return link, &RowError{Field: column, Value: clip(f[i]), Err: ErrSyntax}
			}
			link.MTU = Some(n)
		case none && column == "RX-OK":
			return link, link.letters(f[len(f)-1])
		case to != nil:
			n, err := strconv.ParseUint(f[i], 10, 64)
			if err != nil {
				return link, &RowError{Field: column, Value: clip(f[i]), Err: ErrSyntax}
			}
			*to = n
		case column == "Flg":
			if bad := link.letters(strings.Join(f[i:], " ")); bad != nil {
				return link, bad
			}
		}
	}
	link.Counters = Some(c)
	return link, nil
}

// flagLetters are netstat's letters in their order; package words has them
// with their names.
var flagLetters = []struct {
	letter byte
	bit    uint32
}{
	{'A', FlagAllmulti}, {'B', FlagBroadcast}, {'D', FlagDebug}, {'L', FlagLoopback}, {'M', FlagMulticast}, {'d', FlagDynamic},
	{'P', FlagPromisc}, {'N', FlagNotrailers}, {'O', FlagNoarp}, {'P', FlagPointopoint}, {'s', FlagSlave}, {'m', FlagMaster},
	{'R', FlagRunning}, {'U', FlagUp},
}

// letters reads the column Flg. All flags that there are have a letter but one, which
// no driver sets.
func (l *IPLink) letters(text string) *RowError {
	l.FlagsKnown = allFlags
	if text == "[NO FLAGS]" || text == "FLAGS]" || text == "-" {
		return nil
	}
	single := strings.Count(text, "P") == 1
	if single && !strings.ContainsAny(text, "NO") {
		l.FlagsKnown &^= FlagPromisc | FlagPointopoint
	}
	at := 0
	for i := range len(text) {
		for at < len(flagLetters) && flagLetters[at].letter != text[i] {
			at++
		}
		if at == len(flagLetters) {
			return &RowError{Field: "Flg", Value: clip(text), Err: ErrSyntax}
		}
		l.Flags |= flagLetters[at].bit
		at++
	}
	l.Flags &= l.FlagsKnown
	return nil
}
