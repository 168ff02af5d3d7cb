package rows

// Texts gives columns of the rows of one kind as texts, as CSV has them.
type Texts struct{ *comparison }

// TextsOf makes it for columns of one kind, in their order.
func TextsOf(columns []*Column) *Texts { return &Texts{compare(columns)} }

// Varying gives the numbers of the columns, in their order, that have another value in
// some row than in the one before it, of the same kind, as far as is known: it is more of
// them when a row has one more. All others have the values of the row before; the zero
// Row is none.
func (t *Texts) Varying(row, before Row) []int {
	checkOwner(t.owner, row)
	if before.at == nil {
		return t.last.Load().hot
	}
	checkOwner(t.owner, before)
	return t.division(row, before).hot
}

// Append appends the text of a column, as [Cell.AppendText] does. The row must be one
// that Varying was asked about.
func (t *Texts) Append(b []byte, column int, row Row) []byte {
	return t.fields[column].append(b, row, false)
}
