package snapshot

import (
	"encoding/binary"
	"io"
	"io/fs"
	"iter"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A ByteOrder is that of the captured machine. /proc/net prints addresses as
// native 32-bit numbers, and nothing in the tables says which way round.
type ByteOrder struct {
	Order binary.ByteOrder // nil: not told yet
	// From says how it is known: "the option", "proc/net/route", "uname", or ""
	// if nothing in the capture tells and little-endian is assumed.
	From string
	// Against is the file that tells the other order, if one does.
	Against string
}

// tellByteOrder asks the tables themselves, which cannot be of another machine
// than they are, and then the machine's architecture. If the two disagree the
// tables win, and it is said.
func tellByteOrder(root fs.FS) ByteOrder {
	tables, arch := tablesOrder(root), archOrder(root)
	switch {
	case tables.From == "" && arch.From != "":
		return arch
	case arch.From != "" && arch.Order != tables.Order:
		tables.Against = arch.From
	}
	return tables
}

// archOrder goes by what uname -m prints. ARM and MIPS run both ways: of them
// only some names tell.
func archOrder(root fs.FS) ByteOrder {
	f := (&Snapshot{root: root}).architecture()
	for _, a := range []struct {
		order binary.ByteOrder
		names []string
	}{
		{binary.LittleEndian, []string{"x86_64", "i386", "i486", "i586", "i686", "aarch64", "ppc64le", "riscv32", "riscv64", "loongarch64", "alpha", "ia64"}},
		{binary.BigEndian, []string{"s390", "s390x", "ppc", "ppc64", "sparc", "sparc64", "parisc", "parisc64", "m68k", "aarch64_be"}},
	} {
		if slices.Contains(a.names, f.Value) {
			return ByteOrder{Order: a.order, From: f.From}
		}
	}
	if strings.HasPrefix(f.Value, "armv") {
		switch f.Value[len(f.Value)-1] {
		case 'l':
			return ByteOrder{Order: binary.LittleEndian, From: f.From}
		case 'b':
			return ByteOrder{Order: binary.BigEndian, From: f.From}
		}
	}
	return ByteOrder{Order: binary.LittleEndian}
}

// tablesOrder looks for evidence: netmasks of routes are contiguous in one
// reading only, 127.0.0.1 is at home on every machine, and a socket's own address
// is one of the machine's.
func tablesOrder(root fs.FS) ByteOrder {
	little := &Snapshot{root: root, opts: parser.Options{ByteOrder: binary.LittleEndian}}
	votes := 0 // positive: little-endian
	for r, err := range open(little, "proc/net/route", parser.Routes).Rows() {
		if err == nil {
			votes += maskVote(r.Genmask)
		}
	}
	if votes != 0 {
		return verdict(votes, "proc/net/route")
	}
	for _, file := range []string{"proc/net/tcp", "proc/net/udp"} {
		if votes := little.localVotes(file, loopbackVote); votes != 0 {
			return verdict(votes, file)
		}
	}
	own := little.ownAddresses()
	if len(own) == 0 {
		return ByteOrder{Order: binary.LittleEndian}
	}
	for _, file := range []string{"proc/net/tcp", "proc/net/udp", "proc/net/tcp6"} {
		if votes := little.localVotes(file, own.vote); votes != 0 {
			return verdict(votes, file)
		}
	}
	return ByteOrder{Order: binary.LittleEndian}
}

// localVotes sums up what the local addresses of a table say.
func (s *Snapshot) localVotes(file string, vote func(netip.Addr) int) (votes int) {
	n := 0
	t := open(s, file, func(file string, r io.Reader, o parser.Options) iter.Seq2[parser.InetSocket, error] {
		o.UpToInode = true
		return parser.Inet(file, r, o)
	})
	for row, err := range t.Rows() {
		if err == nil {
			votes += vote(row.Local.Addr())
		}
		if n++; n >= maxEvidence {
			break
		}
	}
	return votes
}

// addresses are those of the machine's interfaces.
type addresses map[netip.Addr]bool

// ownAddresses takes them from the files that are the same on every machine.
func (s *Snapshot) ownAddresses() addresses {
	own := addresses{}
	for a := range Good(s.IfInet6().Rows(), func(error) {}) {
		own[a.Addr] = len(own) < maxEvidence
	}
	for link := range Good(open(s, "output/ip_address", parser.IPLinks).Rows(), func(error) {}) {
		for _, a := range link.Addrs {
			own[a.Addr] = len(own) < maxEvidence
		}
	}
	return own
}

// vote judges an address that was read as little-endian.
func (own addresses) vote(a netip.Addr) int {
	swapped := swapWords(a)
	switch {
	case a == swapped:
	case own[a] && !own[swapped]:
		return 1
	case own[swapped] && !own[a]:
		return -1
	}
	return 0
}

// swapWords gives the address as it is in the other byte order, in which each
// word of 32 bits is turned round.
func swapWords(a netip.Addr) netip.Addr {
	b := a.AsSlice()
	for i := 0; i+4 <= len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	swapped, _ := netip.AddrFromSlice(b)
	return swapped
}

// maxEvidence is how many socket rows are looked at, for the sake of big tables.
const maxEvidence = 1000

func verdict(votes int, from string) ByteOrder {
	if votes < 0 {
		return ByteOrder{Order: binary.BigEndian, From: from}
	}
	return ByteOrder{Order: binary.LittleEndian, From: from}
}

// maskVote judges a netmask that was read as little-endian.
func maskVote(a netip.Addr) int {
	b := a.As4()
	m := binary.BigEndian.Uint32(b[:])
	asLittle, asBig := contiguous(m), contiguous(bits.ReverseBytes32(m))
	switch {
	case asLittle && !asBig:
		return 1
	case asBig && !asLittle:
		return -1
	}
	return 0
}

func contiguous(mask uint32) bool { return ^mask&(^mask+1) == 0 }

// loopbackVote judges an address that was read as little-endian. Only 127.0.0.1
// counts: the other way round it is 1.0.0.127, in a network of name servers, whereas
// 127.0.0.10 could be 10.0.0.127.
func loopbackVote(a netip.Addr) int {
	switch a {
	case netip.AddrFrom4([4]byte{127, 0, 0, 1}):
		return 1
	case netip.AddrFrom4([4]byte{1, 0, 0, 127}):
		return -1
	}
	return 0
}

// Little reports whether the machine is little-endian, as far as is known.
func (o ByteOrder) Little() bool { return o.Order != binary.BigEndian }
