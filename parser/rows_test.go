package parser

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"math/big"
	"strings"
	"testing"
)

// fuzzRows checks what holds for every table of one row a line: each line but
// the header gives a row or an error, and errors name file and line.
func fuzzRows[T any](t *testing.T, data []byte, header bool, decode func(string, io.Reader, Options) iter.Seq2[T, error]) {
	t.Helper()
	lines := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		lines++
	}
	if header && lines > 0 {
		lines--
	}
	got := 0
	for _, err := range decode("file", bytes.NewReader(data), Options{}) {
		if err != nil && !strings.HasPrefix(err.Error(), "file:") {
			t.Errorf("error %q does not begin with the file", err)
		}
		if !errors.Is(err, ErrCut) { // that one speaks of the row before it
			got++
		}
	}
	if got != lines && !tooLong(data) {
		t.Errorf("%d rows and errors of %d lines", got, lines)
	}
}

func tooLong(data []byte) bool {
	for line := range bytes.Lines(data) {
		if len(line) > MaxLine {
			return true
		}
	}
	return false
}

// slowSNMP reads pairs of lines in the plainest way, without errors.
func slowSNMP(data string) (out []string) {
	var lines []string
	crlf := false
	for i, line := range strings.SplitAfter(data, "\n") {
		line = strings.TrimSuffix(line, "\n")
		if i == 0 {
			crlf = strings.HasSuffix(line, "\r")
		}
		if crlf {
			line = strings.TrimSuffix(line, "\r")
		}
		lines = append(lines, line)
	}
	for i := 0; i+1 < len(lines); i++ {
		title, names, ok := strings.Cut(lines[i], ":")
		values, follows := strings.CutPrefix(lines[i+1], title+":")
		if !ok || !follows || i+2 == len(lines) && lines[i+1] == "" || len(lines[i]) > MaxLine {
			continue
		}
		i++
		words := fields(values)
		for n, name := range fields(names) {
			if n == len(words) {
				break
			}
			if v, ok := new(big.Int).SetString(words[n], 10); ok && words[n][0] != '+' && plain(words[n]) {
				min := new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 63))
				if v.BitLen() > 64 || v.Cmp(min) < 0 {
					continue
				}
				negative := words[n][0] == '-'
				u := v.Uint64()
				if negative {
					u = -u
				}
				out = append(out, title+" "+name+" "+new(big.Int).SetUint64(u).String()+" "+map[bool]string{true: "true", false: "false"}[negative])
			}
		}
	}
	return out
}

func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' })
}

func plain(s string) bool { return strings.Trim(s, "-0123456789") == "" }
