package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
	"strconv"
)

// A FibEntry is one alias of one leaf of /proc/net/fib_trie, written by
// fib_trie_seq_show (net/ipv4/fib_trie.c). It names no interface.
type FibEntry struct {
	Line int // 1-based line in the file

	Table  string // "Main", "Local", or "Id 1000"
	Prefix netip.Prefix
	Scope  string // universe, link, host
	Type   string // UNICAST, LOCAL, BROADCAST, ...
}

// FibTrie decodes the leaves of /proc/net/fib_trie in file order, with errors as
// [Inet] yields them. Inner nodes of the trie (`+--`) say nothing about routes
// and are passed over.
func FibTrie(file string, r io.Reader, _ Options) iter.Seq2[FibEntry, error] {
	return func(yield func(FibEntry, error) bool) {
		l := newLines(r)
		var table string
		var leaf netip.Addr
		eachLine(l, file, yield, func(text []byte) bool {
			var err error
			word := bytes.TrimSpace(text)
			switch {
			case len(word) == 0 || bytes.HasPrefix(word, []byte("+--")):
			case bytes.HasPrefix(word, []byte("|--")):
				leaf, err = netip.ParseAddr(string(bytes.TrimSpace(word[3:])))
				if err != nil {
					err = fibError(file, l.line, text, "leaf", ErrSyntax)
				}
			case word[0] == '/':
				var e FibEntry
				e, err = fibEntry(file, l.line, text, word, leaf)
				if err == nil {
					e.Table = table
					if !yield(e, nil) {
						return false
					}
					if l.cut && !isBlank(text[len(text)-1]) {
						err = (&cursor{b: text}).cutError(file, l.line)
					}
				}
			case word[len(word)-1] == ':':
				table = string(word[:len(word)-1])
			default:
				err = fibError(file, l.line, text, "node", ErrSyntax)
			}
			return err == nil || yield(FibEntry{}, err)
		})
	}
}

// fibEntry reads `/24 link UNICAST`, with an optional `tos=N` behind it.
func fibEntry(file string, line int, text, word []byte, leaf netip.Addr) (e FibEntry, err error) {
	f := bytes.Fields(word)
	bits, err := strconv.ParseUint(string(f[0][1:]), 10, 8)
	switch {
	case err != nil || bits > 32:
		return e, fibError(file, line, text, "prefix length", ErrSyntax)
	case len(f) < 3:
		return e, fibError(file, line, text, "type", ErrShort)
	case !leaf.Is4():
		return e, fibError(file, line, text, "prefix without a leaf", ErrSyntax)
	}
	return FibEntry{
		Line: line, Prefix: netip.PrefixFrom(leaf, int(bits)),
		Scope: string(f[1]), Type: string(f[2]),
	}, nil
}

func fibError(file string, line int, text []byte, field string, err error) error {
	trimmed := bytes.TrimSpace(text)
	return &RowError{
		File: file, Line: line, Column: bytes.Index(text, trimmed) + 1, Field: field,
		Value: clip(trimmed), Err: err,
	}
}
