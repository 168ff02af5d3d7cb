package rows

import (
	"iter"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A Fact is one thing that is known of the capture as a whole.
type Fact struct {
	Name  string             `json:"name" csv:"name" head:"Fact" show:"key" doc:"as the columns of source are called"`
	Value parser.Opt[string] `json:"value" csv:"value" head:"Value" show:"key" cut:"yes" doc:"null if the capture does not tell it"`
	From  parser.Opt[string] `json:"from" csv:"from" head:"From" show:"1" doc:"the file that tells it"`

	Origin
}

// Facts yields what is known of the capture as a whole.
func (r *Reader) Facts() iter.Seq[Fact] {
	return func(yield func(Fact) bool) {
		r.seen = true
		row := RowOf(&r.Source)
		for i := range SourceKind.Columns() {
			c := &SourceKind.Columns()[i]
			if strings.HasSuffix(c.Name, "_from") {
				continue
			}
			fact := Fact{Name: c.Name, Value: text(string(c.Of(row).AppendText(nil)))}
			if from, ok := SourceKind.Column(c.Name + "_from"); ok {
				fact.From = text(string(from.Of(row).AppendText(nil)))
			}
			fact.Origin = r.origin("", 0)
			if !yield(fact) {
				return
			}
		}
	}
}
