package words

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
)

// AppendAddr is the AppendTo of an address.
func AppendAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() {
		return AppendAddr4(b, a.As4())
	}
	return a.AppendTo(b)
}

// AppendAddr4 appends an address of IPv4. Each octet is one store of four bytes, of which
// the next overwrites what was too much.
func AppendAddr4(b []byte, a [4]byte) []byte {
	n := len(b)
	b = slices.Grow(b, 16)
	text := b[n : n+16]
	at := 0
	for _, octet := range a {
		o := octets[octet]
		binary.LittleEndian.PutUint32(text[at&15:], o.text)
		at += o.length
	}
	return b[:n+at-1] // without the last dot
}

// octets are the texts of the numbers up to 255, each with a dot and padded to four
// bytes.
var octets = func() (list [256]struct {
	text   uint32
	length int
}) {
	for i := range list {
		text := strconv.Itoa(i) + "."
		list[i].length = len(text)
		list[i].text = binary.LittleEndian.Uint32([]byte(text + "  "))
	}
	return list
}()
