package rows

import (
	"fmt"
	"reflect"
	"testing"
	"unsafe"
)

// TestSame: one changed byte is seen in fields of every size, those of machines with 32
// bits included, and none beside the field is looked at.
func TestSame(t *testing.T) {
	type memory [64]byte
	row := func(m *memory) Row { return Row{reflect.TypeFor[memory](), unsafe.Pointer(m)} } // as RowOf
	for size := uint32(1); size <= 40; size++ {
		f := field{offset: 8, size: size}
		for at := range uint32(len(memory{})) {
			x, y := new(memory), new(memory)
			y[at] = 1
			inside := at >= f.offset && at < f.offset+size
			if got := f.same(row(x), row(y)); got == inside {
				t.Errorf("a field of %d bytes, byte %d changed: same is %v", size, at-f.offset, got)
			}
		}
	}
}

// TestChangedWantsItsKind: rows of another kind are refused, and not read.
func TestChangedWantsItsKind(t *testing.T) {
	texts := TextsOf([]*Column{&Kinds()[0].Columns()[0]})
	its, other := Row{Kinds()[0].Columns()[0].owner, unsafe.Pointer(new([1 << 10]byte))}, RowOf(&Unix{})
	for name, rows := range map[string][2]Row{"the row": {other, {}}, "the row before": {its, other}} {
		func() {
			defer func() {
				if fmt.Sprint(recover()) != "rows: a column is of "+its.typ.String()+" and not of rows.Unix" {
					t.Errorf("%s is of another kind, and nothing is said", name)
				}
			}()
			texts.Changed(nil, rows[0], rows[1])
		}()
	}
}
