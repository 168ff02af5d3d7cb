package snapshot

import (
	"encoding/binary"
	"io/fs"
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
// reading only, and 127.0.0.1 is at home on every machine.
func tablesOrder(root fs.FS) ByteOrder {
	little := &Snapshot{root: root, opts: parser.Options{ByteOrder: binary.LittleEndian}}
	votes := 0 // positive: little-endian
	for r, err := range little.Routes().Rows() {
		if err == nil {
			votes += maskVote(r.Genmask)
		}
	}
	if votes != 0 {
		return verdict(votes, "proc/net/route")
	}
	for _, file := range []string{"proc/net/tcp", "proc/net/udp"} {
		n := 0
		for s, err := range little.InetUpToInode(file).Rows() {
			if err == nil {
				votes += loopbackVote(s.Local.Addr())
			}
			if n++; n >= maxEvidence {
				break
			}
		}
		if votes != 0 {
			return verdict(votes, file)
		}
	}
	return ByteOrder{Order: binary.LittleEndian}
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
