package parser_test

import (
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestSSAgainstKernel compares ss's texts with the kernel's files of the same
// machine: each row is in both.
func TestSSAgainstKernel(t *testing.T) {
	checkDifferences(t, []diffCase{
		{parser.SSSockets, bigEndian, "cmd/ss_-peaonmi", 2050, nil},
		{parser.SSSockets, bigEndian, "cmd/ss_-anp", 0, nil},
		{parser.SSSockets, manyRows, "cmd/ss_-anp", 0, nil},
		{parser.SSSockets, coreos, "sos_commands/networking/ss_-peaonmi", 40, sent},
	})
}
