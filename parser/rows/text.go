package rows

// Texts gives columns of the rows of one kind as texts, as CSV has them.
type Texts struct {
	all []int
	*comparison
}

// TextsOf makes it for columns of one kind, in their order.
func TextsOf(columns []*Column) *Texts {
	t := &Texts{comparison: compare(columns)}
	for i := range columns {
		t.all = append(t.all, i)
	}
	return t
}

// Changed gives the numbers of the columns that may have another value than in the row
// before, of the same kind. The zero Row has nothing in common with any.
func (t *Texts) Changed(row, before Row) []int {
	checkOwner(t.owner, row)
	if before.at == nil {
		return t.all
	}
	checkOwner(t.owner, before)
	return t.division(row, before).hot
}

// Append appends the text of a column, as [Cell.AppendText] does. The row must be one
// that Changed was asked about.
func (t *Texts) Append(b []byte, column int, row Row) []byte {
	return t.fields[column].append(b, row, false)
}
