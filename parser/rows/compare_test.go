package rows

import (
	"fmt"
	"testing"
	"unsafe"
)

// TestVaryingWantsItsKind: rows of another kind are refused, and not read.
func TestVaryingWantsItsKind(t *testing.T) {
	texts := TextsOf([]*Column{&Kinds()[0].Columns()[0]})
	its, other := Row{Kinds()[0].Columns()[0].owner, unsafe.Pointer(new([1 << 10]byte)), nil}, RowOf(&Unix{})
	for name, rows := range map[string][2]Row{"the row": {other, {}}, "the row before": {its, other}} {
		func() {
			defer func() {
				if fmt.Sprint(recover()) != "rows: a column is of "+its.typ.String()+" and not of rows.Unix" {
					t.Errorf("%s is of another kind, and nothing is said", name)
				}
			}()
			texts.Varying(rows[0], rows[1])
		}()
	}
}
