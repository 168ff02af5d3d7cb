package rows

import (
	"iter"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A File is one of the files that coldstat reads, and what the capture has of it.
type File struct {
	Name    string             `json:"name" csv:"name" head:"File" show:"key" doc:"path on the captured machine; * stands for any number of names"`
	State   string             `json:"state" csv:"state" head:"State" show:"key" doc:"read, empty (not even the header that the kernel writes: not captured right), absent, cut (it ends in the middle of a row), damaged (it could not be read to its end), failed (it cannot be opened) or not understood (none of its rows)"`
	Count   parser.Opt[uint64] `json:"count" csv:"count" head:"Files" show:"2" unit:"files" doc:"how many files there are, for a name with *"`
	Rows    parser.Opt[uint64] `json:"rows" csv:"rows" head:"Rows" show:"1" unit:"rows" doc:"of a table"`
	Bad     parser.Opt[uint64] `json:"bad_rows" csv:"bad_rows" head:"Bad" show:"1" unit:"rows" doc:"rows that could not be read"`
	Size    parser.Opt[int64]  `json:"size_bytes" csv:"size_bytes" head:"Bytes" show:"3" unit:"bytes" doc:"of all of them; 0 for links"`
	Without parser.Opt[string] `json:"without" csv:"without" head:"Without It" show:"1" cut:"yes" doc:"what there is not because the file is not there or has nothing, or the output of a command that stands in for it"`
	Problem parser.Opt[string] `json:"problem" csv:"problem" head:"Problem" show:"1" cut:"yes" doc:"why the file, or its rest, cannot be read"`

	Origin
}

// Files yields what the capture has of each file that coldstat reads. Those of
// families that hardly any machine has are left out if they are not there.
func (r *Reader) Files() iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, f := range snapshot.Files {
			c := r.Snapshot.Check(f)
			if c.State == snapshot.Absent && f.Rare {
				continue
			}
			r.seen = true
			if !yield(r.file(c)) {
				return
			}
		}
	}
}

func (r *Reader) file(c snapshot.Check) File {
	name := c.Name
	if strings.HasPrefix(name, "output/") {
		name = r.Snapshot.Called(name)
	}
	row := File{Name: name, State: fileState(c), Size: c.Size, Origin: r.origin(name, 0)}
	if strings.Contains(c.Name, "*") && c.Count > 0 {
		row.Count = parser.Some(uint64(c.Count))
	}
	if n, ok := c.Rows.Get(); ok {
		row.Rows, row.Bad = parser.Some(uint64(n)), parser.Some(uint64(c.Bad))
	}
	if row.State != "read" && row.State != "cut" && row.State != "damaged" {
		row.Without = text(c.Use)
		if by := r.Snapshot.StandIn(c.Name); strings.HasPrefix(c.Name, "proc/net/") && by != "" {
			row.Without = text("rows are those that " + by + " has")
		}
	}
	if c.Err != nil {
		row.Problem = text(c.Err.Error())
	}
	return row
}

func fileState(c snapshot.Check) string {
	n, table := c.Rows.Get()
	switch {
	case c.State == snapshot.Absent:
		return "absent"
	case c.State == snapshot.Empty:
		return "empty"
	case c.State == snapshot.Failed:
		return "failed"
	case table && n == 0 && c.Bad > 0:
		return "not understood"
	case c.Err != nil:
		return "damaged"
	case c.Cut:
		return "cut"
	}
	return "read"
}
