package rows

import (
	"iter"
	"reflect"
	"sync"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Piece is some rows of a kind that can be made on their own, by any goroutine.
type Piece struct {
	// Rows yields them, once. Each is valid until the next, or the next but one where
	// it is not marked what differs between them: so they can be compared.
	Rows iter.Seq[Row]
	// Done is to be called when the rows are no longer needed, for one piece after the
	// other: it tells the Reporter what was found on the way to the piece and in it.
	Done func()
}

// piece is a Piece of a known type.
type piece[T any] struct {
	rows iter.Seq2[*T, *marks] // see [Row]
	done func()
}

// Pieces yields the rows of [Kind.Rows] by pieces. The pieces themselves are asked for
// by one goroutine, the reader's.
func (k *Kind) Pieces(r *Reader, sort []SortKey) iter.Seq[Piece] {
	return func(yield func(Piece) bool) {
		// Between the pieces the Reporter is another goroutine's, which calls Done.
		later := &postponed{}
		told := r.report()
		r.Report = later
		defer func() { r.Report = told }()
		r.seen = false
		for p := range k.pieces(r, sort, told) {
			before := later.take()
			done := p.Done
			p.Done = func() {
				before(told)
				done()
			}
			if !yield(p) {
				return
			}
		}
		k.missing(r)
		rest := later.take()
		yield(Piece{Rows: func(func(Row) bool) {}, Done: func() { rest(told) }})
	}
}

// erased makes pieces of a kind from those of a type.
//
// The pointer is what [RowOf] would take out of the interface: typ is the type that it
// points to, and a Row keeps it alive as any pointer does.
func erased[T any](pieces iter.Seq[piece[T]]) iter.Seq[Piece] {
	typ := reflect.TypeFor[T]()
	return func(yield func(Piece) bool) {
		for p := range pieces {
			rows := func(yield func(Row) bool) {
				for row, m := range p.rows {
					if !yield(Row{typ, unsafe.Pointer(row), m}) {
						return
					}
				}
			}
			if !yield(Piece{rows, p.done}) {
				return
			}
		}
	}
}

// made makes pieces of the rows of a table. fill is called by several goroutines, with a
// row to be set, and a place for its texts that lives as long as they are used; it
// reports whether the row is wanted. The row is the one before, or zero: each time fill
// sets the same fields.
func made[S, T any](t snapshot.Table[S], told Reporter, fill func(d *draft[T], s *S, texts *parser.Arena) bool) iter.Seq[piece[T]] {
	if unsafe.Sizeof(*new(T)) > maxMarked {
		panic("rows: a row is too large for marks") // a test makes every kind
	}
	return func(yield func(piece[T]) bool) {
		for chunk := range t.Chunks() {
			var bad []error
			rows := func(yield func(*T, *marks) bool) {
				d, texts := new(draft[T]), new(parser.Arena)
				for s := range snapshot.Good(chunk.Rows, func(err error) { bad = append(bad, err) }) {
					if !fill(d, s, texts) {
						continue
					}
					if !yield(&d.row, &d.marks) {
						return
					}
					d.marks = marks{}
				}
			}
			done := func() {
				for _, err := range bad {
					told.Bad(err)
				}
				chunk.Free()
			}
			if !yield(piece[T]{rows, done}) {
				return
			}
		}
	}
}

// handOn yields all pieces, and reports whether it makes sense to go on.
func handOn[T any](pieces iter.Seq[piece[T]], yield func(piece[T]) bool) bool {
	for p := range pieces {
		if !yield(p) {
			return false
		}
	}
	return true
}

// gather takes something of the rows of a table, in their order, and reports whether all
// of them could be read. pick is called by several goroutines.
func gather[S, R any](t snapshot.Table[S], pick func(*S) (R, bool), add func(R)) (complete bool) {
	type some struct {
		list []R
		bad  bool
	}
	complete = true
	snapshot.Reduce(t, func(rows iter.Seq2[*S, error]) (its some) {
		for s := range snapshot.Good(rows, func(error) { its.bad = true }) {
			if r, ok := pick(s); ok {
				its.list = append(its.list, r)
			}
		}
		return its
	}, func(its some) {
		complete = complete && !its.bad
		for _, r := range its.list {
			add(r)
		}
	})
	return complete
}

const batchRows = 128

// batches makes pieces of rows that only one goroutine can read.
func batches[T any](rows iter.Seq[*T]) iter.Seq[piece[T]] {
	return func(yield func(piece[T]) bool) {
		used := sync.Pool{New: func() any { return new([batchRows]T) }}
		batch, n := used.Get().(*[batchRows]T), 0
		full := func() piece[T] {
			list := batch[:n]
			its := batch
			return piece[T]{
				rows: func(yield func(*T, *marks) bool) {
					for i := range list {
						if !yield(&list[i], nil) {
							return
						}
					}
				},
				done: func() { used.Put(its) },
			}
		}
		for row := range rows {
			batch[n] = *row
			if n++; n < batchRows {
				continue
			}
			if !yield(full()) {
				return
			}
			batch, n = used.Get().(*[batchRows]T), 0
		}
		if n > 0 {
			yield(full())
		}
	}
}

// flat yields copies of the rows of pieces.
func flat[T any](pieces iter.Seq[piece[T]]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for p := range pieces {
			goOn := true
			for row := range p.rows {
				if goOn = yield(*row); !goOn {
					break
				}
			}
			if p.done(); !goOn {
				return
			}
		}
	}
}

// postponed is a Reporter that keeps what it is told for another one.
type postponed struct{ calls []func(Reporter) }

// take gives what repeats it.
func (p *postponed) take() func(Reporter) {
	calls := p.calls
	p.calls = nil
	return func(to Reporter) {
		for _, call := range calls {
			call(to)
		}
	}
}

func (p *postponed) add(call func(Reporter)) { p.calls = append(p.calls, call) }

func (p *postponed) Bad(err error) { p.add(func(r Reporter) { r.Bad(err) }) }

func (p *postponed) Lacking(file string, state snapshot.State, err error, asked query.Asked) {
	p.add(func(r Reporter) { r.Lacking(file, state, err, asked) })
}

func (p *postponed) Notef(format string, args ...any) {
	p.add(func(r Reporter) { r.Notef(format, args...) })
}

func (p *postponed) Detailf(format string, args ...any) {
	p.add(func(r Reporter) { r.Detailf(format, args...) })
}

func (p *postponed) Fail() { p.add(Reporter.Fail) }
