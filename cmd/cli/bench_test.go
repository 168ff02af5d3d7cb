package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// BenchmarkRun is a whole run over a small directory, without the start of a process:
// over a few sockets, and with the processes of a thousand.
func BenchmarkRun(b *testing.B) {
	big := fixtures.Big{Rows: 1000, Peers: 40}
	var table strings.Builder
	if err := big.TCP(&table); err != nil {
		b.Fatal(err)
	}
	small := fixtures.NewHost(map[string]string{"proc/net/tcp": table.String()[:150*30]})
	whole := big.Names().Set("proc/net/tcp", table.String())
	for option, host := range map[string]*fixtures.Host{"-tan": small, "-tanp": whole} {
		dir := host.WriteDir(b, b.TempDir())
		b.Run(option, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var errs strings.Builder
				s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: &errs}
				if code := Main([]string{option, dir}, s); code != 0 {
					b.Fatalf("exit %d: %s", code, errs.String())
				}
			}
		})
	}
}
