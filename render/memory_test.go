package render_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/render"
)

// tcpTable has n connections.
func tcpTable(n int) []byte {
	var b bytes.Buffer
	b.WriteString("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n")
	for i := range n {
		fmt.Fprintf(&b, "%4d: %08X:%04X %08X:01BB 01 00000000:00000000 00:00000000 00000000    33        0 %d 2 0000000000000000 20 4 28 10 -1\n",
			i, 0x0100000a+i, 1024+i%60000, 0x0200000a+i, 10000+i)
	}
	return b.Bytes()
}

// A heapGauge takes output and looks now and then how much is live.
type heapGauge struct{ written, every, next, most uint64 }

func (g *heapGauge) Write(p []byte) (int, error) {
	if g.written += uint64(len(p)); g.written >= g.next {
		g.next = g.written + g.every
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		g.most = max(g.most, m.HeapAlloc)
	}
	return len(p), nil
}

// TestFlatMemory: what is live while a table is written does not grow with it.
func TestFlatMemory(t *testing.T) {
	plan, err := query.Options{TCP: true, All: true}.Plan()
	if err != nil {
		t.Fatal(err)
	}
	live := func(f render.Format, n int) uint64 {
		table := tcpTable(n)
		root := fstest.MapFS{"proc/net/tcp": {Data: table}}
		g := &heapGauge{every: 4 << 20}
		if f.Binary {
			g.every = 256 << 10
		}
		w := f.New(g, render.Options{})
		err := w.Write(render.View{
			Plan: plan, Kinds: rows.Selected(plan), Snapshot: snapshot.Load(root, snapshot.ByteOrder{}), Report: rows.Quiet{},
		})
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return g.most - uint64(cap(table))
	}
	const slack = 8 << 20 // buffers, batches on their way, and what the runtime has for itself
	for _, f := range render.Formats() {
		few, many := 40_000, 160_000 // few enough keep all cores busy with pieces
		if f.People {
			few, many = 500, 4_000 // tablewriter takes its time
		}
		if f.Binary {
			few, many = 130_000, 260_000 // it writes when it has some hundred thousand
		}
		if testing.Short() {
			many = few * 2
		}
		small, large := live(f, few), live(f, many)
		if large > small+slack {
			t.Errorf("%s: %d KiB are live with %d rows, %d KiB with %d", f.Name, small>>10, few, large>>10, many)
		}
	}
}
