package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/parquet-go/parquet-go"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/render"
)

// TestParquetLikeNDJSON: read back by another program's reader, Parquet says of each row
// and each column what NDJSON says.
func TestParquetLikeNDJSON(t *testing.T) {
	compared := map[string]int{}
	for _, m := range machines(t) {
		v := m.whole(t)
		for _, k := range rows.Kinds() {
			o := render.Options{}
			if k.Name == "socket" && m.name == "big" {
				o.Sort = []string{"-local_port"}
			}
			compared[k.Name] += sameAsNDJSON(t, m.name, k, o, everyRow, only(v, k), only(v, k)) // two bundles in one file
		}
	}
	for _, k := range rows.Kinds() {
		if least := 10; compared[k.Name] < least {
			t.Errorf("%d rows of kind %s were compared", compared[k.Name], k.Name)
		}
	}
}

func everyRow(int) bool { return true }

// sameAsNDJSON compares those of the rows, and gives the number of all.
func sameAsNDJSON(t *testing.T, name string, k *rows.Kind, o render.Options, those func(n int) bool, views ...render.View) int {
	t.Helper()
	file := written(t, "parquet", o, views...)
	if !bytes.Equal(file, written(t, "parquet", o, views...)) {
		t.Errorf("%s, %s: the second time it is another file", name, k.Name)
	}
	got := parsedParquet(t, file, those)
	n := -1
	for line := range bytes.Lines(written(t, "ndjson", o, views...)) {
		if n++; n >= len(got) {
			t.Fatalf("%s: %d rows of kind %s, and NDJSON has more", name, len(got), k.Name)
		}
		if !those(n) {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var want map[string]any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		delete(want, "kind")
		if !reflect.DeepEqual(got[n], want) {
			for column, value := range want {
				if !reflect.DeepEqual(got[n][column], value) {
					t.Fatalf("%s: row %d of kind %s: %s is %#v, want %#v", name, n, k.Name, column, got[n][column], value)
				}
			}
			t.Fatalf("%s: row %d of kind %s: got columns that NDJSON has not: %v", name, n, k.Name, got[n])
		}
	}
	if n+1 != len(got) {
		t.Fatalf("%s: %d rows of kind %s, want %d", name, len(got), k.Name, n+1)
	}
	return len(got)
}

// parsedParquet gives those of the rows as encoding/json would read them from NDJSON, and
// nil in place of the others.
func parsedParquet(t *testing.T, data []byte, those func(n int) bool) (list []map[string]any) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	leaves := f.Schema().Columns()
	batch := make([]parquet.Row, 50)
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		for {
			n, err := reader.ReadRows(batch)
			for _, row := range batch[:n] {
				if !those(len(list)) {
					list = append(list, nil)
					continue
				}
				all := map[string]any{}
				for _, v := range row {
					path := leaves[v.Column()]
					all[path[0]] = parsedValue(f, path, v, all[path[0]])
				}
				list = append(list, all)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if int64(len(list)) != f.NumRows() {
		t.Fatalf("%d rows, and the footer says %d", len(list), f.NumRows())
	}
	return list
}

func parsedValue(f *parquet.File, path []string, v parquet.Value, before any) any {
	if len(path) > 1 {
		list, _ := before.([]any)
		switch v.DefinitionLevel() {
		case 0:
			return nil
		case 1:
			return []any{}
		}
		return append(list, string(v.ByteArray()))
	}
	if v.IsNull() {
		return nil
	}
	column, _ := f.Schema().Lookup(path...)
	switch logical := column.Node.Type().LogicalType(); v.Kind() {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.Int64:
		if logical.String() == "INT(64,false)" {
			return json.Number(strconv.FormatUint(v.Uint64(), 10))
		}
		return json.Number(strconv.FormatInt(v.Int64(), 10))
	case parquet.Double:
		if whole := int64(v.Double()); float64(whole) == v.Double() && max(whole, -whole) < 1<<53 {
			return json.Number(strconv.FormatInt(whole, 10))
		}
		return json.Number(strconv.FormatFloat(v.Double(), 'g', -1, 64))
	default:
		if logical.String() != "STRING" {
			return fmt.Errorf("%v is no text", logical)
		}
		return string(v.ByteArray())
	}
}

// TestParquetNumbers: numbers of each type are what they are, at both ends too.
func TestParquetNumbers(t *testing.T) {
	var groups []rows.SocketGroup
	for i, share := range []float64{0, 100, 0.1, 1e-300, -1e300, 1 << 53, 12.5} {
		groups = append(groups, rows.SocketGroup{Sockets: uint64(i), RecvQ: math.MaxUint64 - uint64(i), SendQ: 1 << 63, Share: parser.Some(share)})
	}
	groups = append(groups, rows.SocketGroup{})
	k := rows.Holding(rows.SocketGroupKind, groups)
	v := render.View{Kinds: []*rows.Kind{k}, Report: rows.Quiet{}}
	if n := sameAsNDJSON(t, "numbers", k, render.Options{}, everyRow, v); n != len(groups) {
		t.Errorf("%d rows, want %d", n, len(groups))
	}
	data := written(t, "parquet", render.Options{Columns: []string{"recv_q_bytes", "share_percent"}}, v)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	columns := f.Metadata().RowGroups[0].Columns
	queue, share := columns[0].MetaData.Statistics, columns[1].MetaData.Statistics
	if least, most := number(queue.MinValue), number(queue.MaxValue); least != 0 || most != math.MaxUint64 {
		t.Errorf("queues are from %d to %d", least, most)
	}
	if least, most := math.Float64frombits(number(share.MinValue)), math.Float64frombits(number(share.MaxValue)); least != -1e300 || most != 1<<53 || share.NullCount != 1 {
		t.Errorf("shares are from %g to %g, and %d are null", least, most, share.NullCount)
	}
}

// TestParquetLarge: several pages and row groups, dictionaries that overflow, texts that
// are long, and columns that are chosen.
func TestParquetLarge(t *testing.T) {
	plan, err := query.Options{TCP: true, All: true}.Plan()
	if err != nil {
		t.Fatal(err)
	}
	const n = 125_000
	root := fstest.MapFS{"proc/net/tcp": {Data: tcpTable(n)}}
	v := render.View{Plan: plan, Kinds: rows.Selected(plan), Snapshot: snapshot.Load(root, snapshot.ByteOrder{}), Report: rows.Quiet{}}
	o := render.Options{Columns: []string{"remote_address", "local_port", "v4_mapped", "uid", "local_addresses", "accept_queue", "line"}}
	some := func(i int) bool { return i%97 == 0 || i%4096 < 3 || i%4096 > 4093 } // where pages and groups end too
	if got := sameAsNDJSON(t, "large", v.Kinds[0], o, some, v); got != n {
		t.Errorf("%d rows, want %d", got, n)
	}
	data := written(t, "parquet", o, v)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, path := range f.Schema().Columns() {
		columns = append(columns, path[0])
	}
	if !slices.Equal(columns, o.Columns) {
		t.Errorf("columns %v, want %v", columns, o.Columns)
	}
	if len(f.RowGroups()) != 2 {
		t.Errorf("%d row groups, want 2", len(f.RowGroups()))
	}
	for _, group := range f.Metadata().RowGroups {
		line := group.Columns[slices.Index(columns, "line")].MetaData.Statistics
		if least, most := number(line.MinValue), number(line.MaxValue); most-least+1 != uint64(group.NumRows) || line.NullCount != 0 {
			t.Errorf("a group of %d rows has lines %d to %d and %d without", group.NumRows, least, most, line.NullCount)
		}
		if queue := group.Columns[slices.Index(columns, "accept_queue")].MetaData.Statistics; queue.NullCount != group.NumRows || queue.MinValue != nil {
			t.Errorf("%d of %d accept queues are null, the least is %v", queue.NullCount, group.NumRows, queue.MinValue)
		}
	}
}

func number(b []byte) (n uint64) {
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	return n
}

// TestParquetHostileTexts: texts of all lengths, also such that end a page and are no UTF-8.
func TestParquetHostileTexts(t *testing.T) {
	h := fixtures.HostileHost()
	var table bytes.Buffer
	table.WriteString("Num       RefCount Protocol Flags    Type St Inode Path\n")
	for i := range 5000 {
		fmt.Fprintf(&table, "0000000000000000: 00000002 00000000 00010000 0001 01 %d /%d\xff\x00\x1b%s\n", i+1, i, bytes.Repeat([]byte("ü"), i%300))
	}
	h.Files["proc/net/unix"] = table.Bytes()
	v := machine{"texts", h.FS()}.whole(t)
	k, _ := rows.KindByName("unix")
	if n := sameAsNDJSON(t, "texts", k, render.Options{}, everyRow, only(v, k)); n != 5000 {
		t.Errorf("%d rows, want 5000", n)
	}
}

// TestParquetPartition: the host is left to the directory, and what the bundle has no file
// of is no file, but a table without rows is one.
func TestParquetPartition(t *testing.T) {
	k, _ := rows.KindByName("socket")
	h := fixtures.Capture(t, "lab-c")
	data := written(t, "parquet", render.Options{Partition: true}, only(machine{"lab-c", h.FS()}.whole(t), k))
	for _, row := range parsedParquet(t, data, everyRow) {
		if _, has := row["host"]; has || row["bundle"] != "lab-c" {
			t.Fatalf("a row of a partition has %v", row)
		}
	}
	head, _, _ := bytes.Cut(tcpTable(0), []byte("\n"))
	empty := fstest.MapFS{"proc/net/tcp": {Data: append(head, '\n')}}
	if list := parsedParquet(t, written(t, "parquet", render.Options{Partition: true}, only(machine{"x", empty}.whole(t), k)), everyRow); len(list) > 0 {
		t.Errorf("an empty table has %d rows", len(list))
	}
	empty = fstest.MapFS{"etc/hostname": {Data: []byte("x\n")}}
	if data := written(t, "parquet", render.Options{Partition: true}, only(machine{"x", empty}.whole(t), k)); len(data) > 0 {
		t.Errorf("without the tables it has %d bytes", len(data))
	}
	if list := parsedParquet(t, written(t, "parquet", render.Options{}, only(machine{"x", empty}.whole(t), k)), everyRow); len(list) > 0 {
		t.Errorf("without the tables it has %d rows", len(list))
	}
}
