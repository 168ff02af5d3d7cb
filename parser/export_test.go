package parser

import "encoding/binary"

// InetBoth decodes a line with the quick decoder and with the cursor.
func InetBoth(text []byte, order binary.ByteOrder, drops bool) (quick InetSocket, ok bool, slow InetSocket, err error) {
	head := []byte("")
	if drops {
		head = []byte("drops")
	}
	return both(text, inetLayout(Options{ByteOrder: order})(head))
}

// NoListener is the filter of Options.OnlyListeners.
var NoListener = noListener

// UnixBoth does it for a line of unix.
func UnixBoth(text []byte) (quick UnixSocket, ok bool, slow UnixSocket, err error) {
	return both(text, unixLayout(Options{})([]byte("Inode")))
}

func both[T any](text []byte, of func(*lines) decoder[T]) (quick T, ok bool, slow T, err error) {
	l := &lines{line: 7}
	d := of(l)
	ok = d.quick(text, &quick)
	var c cursor
	c.reset(text, false)
	d.row(&c, &slow)
	if c.err != nil {
		err = c.rowError("f", l.line)
	}
	return quick, ok, slow, err
}
