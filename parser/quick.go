package parser

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// The quick decoders know the rows that kernels nearly always print: columns of fixed
// width, blanks and no tabs between them. A file with a million rows has hardly any
// other. They take eight digits at a time and give up at whatever they do not know:
// then the cursor reads the row, which takes longer and tells what is wrong. Tests hold
// the two to the same values.

// noListener reports whether a row has its columns in the usual places, and another
// state than LISTEN there.
func noListener(b []byte) bool {
	at := bytes.IndexByte(b, ':') + 2 // of the local address
	n := 8                            // digits of an address
	if at+8 < len(b) && b[at+8] != ':' {
		n = 32
	}
	end := n + 5 // of "AAAAAAAA:PPPP"
	state := at + 2*end + 2
	if at < 2 || state+3 > len(b) || b[at-1] != ' ' || b[at+n] != ':' || b[at+end] != ' ' ||
		b[at+end+1+n] != ':' || b[state-1] != ' ' || b[state+2] != ' ' {
		return false
	}
	first, second := hexDigit[b[state]], hexDigit[b[state+1]]
	return first|second <= 0xf && (first != 0 || State(second) != Listen)
}

// quickInet decodes the columns up to the inode, and gives the place behind it.
func quickInet(b []byte, s *InetSocket, little bool) (at int, ok bool) {
	s.Slot, at = quickDec(b, skipBlanks(b, 0))
	if at < 0 || at+10 >= len(b) || b[at] != ':' || b[at+1] != ' ' {
		return 0, false
	}
	at += 2
	n := 8 // digits of an address
	if b[at+8] != ':' {
		n = 32
	}
	end := n + 5 // of "AAAAAAAA:PPPP"
	columns := at + 2*end + 2
	// "SS TTTTTTTT:RRRRRRRR tr:wwwwwwww rrrrrrrr " and a digit
	if columns+43 > len(b) || b[at+end] != ' ' || b[columns-1] != ' ' {
		return 0, false
	}
	var bad1, bad2 uint64
	s.Local, bad1 = quickEndpoint(b[at:at+end], little)
	s.Remote, bad2 = quickEndpoint(b[at+end+1:columns-1], little)
	c := b[columns : columns+42]
	if bad1|bad2 != 0 || c[2] != ' ' || c[11] != ':' || c[20] != ' ' || c[23] != ':' || c[32] != ' ' || c[41] != ' ' {
		return 0, false
	}
	state, timer := hexDigit[c[0]]<<4|hexDigit[c[1]], hexDigit[c[21]]<<4|hexDigit[c[22]]
	odd := hexDigit[c[0]] | hexDigit[c[1]] | hexDigit[c[21]] | hexDigit[c[22]]
	sendQ, bad3 := hex8(c[3:])
	recvQ, bad4 := hex8(c[12:])
	expires, bad5 := hex8(c[24:])
	retransmits, bad6 := hex8(c[33:])
	if odd > 0xf || bad3|bad4|bad5|bad6 != 0 {
		return 0, false
	}
	s.State, s.Timer = State(state), timer
	s.SendQ, s.RecvQ, s.TimerExpires, s.Retransmits = uint64(sendQ), uint64(recvQ), uint64(expires), uint64(retransmits)
	return s.quickOwner(b, columns+42)
}

// quickOwner decodes `uid timeout inode`.
func (s *InetSocket) quickOwner(b []byte, at int) (end int, ok bool) {
	uid, at := quickDec(b, skipBlanks(b, at))
	if at < 0 || at >= len(b) || b[at] != ' ' || uid>>32 != 0 {
		return 0, false
	}
	timeout, at := quickDec(b, skipBlanks(b, at))
	if at < 0 || at >= len(b) || b[at] != ' ' || timeout>>31 != 0 {
		return 0, false
	}
	inode, at := quickDec(b, skipBlanks(b, at))
	if at < 0 || at < len(b) && b[at] != ' ' {
		return 0, false
	}
	s.UID, s.Timeout, s.Inode = uint32(uid), int32(timeout), inode
	return at, true
}

// quickUnix decodes a row with an inode.
func quickUnix(b []byte, s *UnixSocket) (path []byte, ok bool) {
	n := quickWidth(b)
	// ": RRRRRRRR PPPPPPPP FFFFFFFF TTTT SS " and a digit
	if len(b) < n+38 || b[n] != ':' || b[n+1] != ' ' {
		return nil, false
	}
	num, bad := hex8(b)
	pointer := uint64(num)
	if n == 16 {
		low, bad2 := hex8(b[8:])
		pointer, bad = pointer<<32|uint64(low), bad|bad2
	}
	c := b[n+2 : n+37]
	if bad != 0 || c[8] != ' ' || c[17] != ' ' || c[26] != ' ' || c[31] != ' ' || c[34] != ' ' {
		return nil, false
	}
	refs, bad1 := hex8(c)
	proto, bad2 := hex8(c[9:])
	flags, bad3 := hex8(c[18:])
	typ, bad4 := hex4(c[27:])
	state, odd := hexDigit[c[32]]<<4|hexDigit[c[33]], hexDigit[c[32]]|hexDigit[c[33]]
	inode, at := quickDec(b, skipBlanks(b, n+37))
	if bad1|bad2|bad3|bad4 != 0 || odd > 0xf || at < 0 || at < len(b) && b[at] != ' ' {
		return nil, false
	}
	s.Pointer = Opt[uint64]{pointer, pointer != 0}
	s.RefCount, s.Protocol, s.Flags, s.Type, s.State = refs, proto, flags, typ, state
	s.Inode, s.HasInode = inode, true
	if at < len(b) {
		path = b[at+1:]
	}
	return path, true
}

// quickWidth gives the number of digits of the pointer.
func quickWidth(b []byte) int {
	if len(b) > 8 && b[8] == ':' {
		return 8
	}
	return 16
}

// quickEndpoint decodes `address:port` of 8 or 32 digits and 4.
func quickEndpoint(b []byte, little bool) (_ netip.AddrPort, bad uint64) {
	n := len(b) - 5
	port, bad := hex4(b[n+1:])
	if b[n] != ':' {
		return netip.AddrPort{}, 1
	}
	if n == 8 {
		v, bad4 := hex8(b)
		if little {
			v = bits.ReverseBytes32(v)
		}
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], v)
		return netip.AddrPortFrom(netip.AddrFrom4(a), port), bad | bad4
	}
	var a [16]byte
	for i := range 4 {
		v, bad6 := hex8(b[8*i:])
		if little {
			v = bits.ReverseBytes32(v)
		}
		binary.BigEndian.PutUint32(a[4*i:], v)
		bad |= bad6
	}
	return netip.AddrPortFrom(netip.AddrFrom16(a), port), bad
}

func skipBlanks(b []byte, at int) int {
	for at < len(b) && b[at] == ' ' {
		at++
	}
	return at
}

// quickDec decodes the digits at a place, and gives where they end: -1 if there are
// none, or so many that the number may not fit.
func quickDec(b []byte, at int) (v uint64, end int) {
	i := at
	for ; i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			break
		}
		v = v*10 + uint64(d)
	}
	if i == at || i > at+maxDigits-1 {
		return 0, -1
	}
	return v, i
}

const (
	ones  = 0x0101010101010101
	zeros = '0' * ones // eight digits that are 0
)

// hex8 decodes the first eight bytes of b. bad is not zero if any is no digit.
//
// A digit is 0x30 to 0x39 and a letter 0x41 to 0x46: bit 6 tells them apart, and a
// letter is worth 9 more than its low half. Bytes are checked and worked out all at
// once, as parts of one number, then moved together by pairs.
func hex8(b []byte) (v uint32, bad uint64) {
	x := binary.LittleEndian.Uint64(b)
	if x == zeros { // most queues and timers
		return 0, 0
	}
	return hexWord(x)
}

// hex4 decodes the first four bytes.
func hex4(b []byte) (v uint16, bad uint64) {
	w, bad := hexWord(uint64(binary.LittleEndian.Uint32(b))<<32 | zeros>>32)
	return uint16(w), bad
}

func hexWord(x uint64) (v uint32, bad uint64) {
	letters := x >> 6 & ones
	x &^= letters << 5 // upper case
	low := x & (0x0f * ones)
	d := low + 9*letters
	bad = (x & (0xf0 * ones)) ^ (0x30*ones + 0x10*letters)   // neither 3? nor 4?
	bad |= (d + 6*(ones-letters)) & (0xf0 * ones)            // 3a to 3f, 47 to 4f
	bad |= ((low|0x10*ones)-letters)&(0x10*ones) ^ 0x10*ones // 40
	d = (d<<4 | d>>8) & 0x00ff00ff00ff00ff
	d = (d | d>>8) & 0x0000ffff0000ffff
	return bits.ReverseBytes32(uint32(d | d>>16)), bad
}
