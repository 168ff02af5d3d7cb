package bundle

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
)

// A Writer writes the files of one machine as a tar that [Open] reads. The same
// calls give the same bytes: neither the clock nor the user gets into it.
type Writer struct {
	tw *tar.Writer
	o  WriterOptions
}

// WriterOptions say what all members have in common.
type WriterOptions struct {
	Top    string    // the directory that all members are in, one element
	Time   time.Time // of all members, whole seconds; the zero value is 1970
	Damage []string  // [Bundle.Damage] of the bundle that the files come from
}

// What cannot be said in tar stands in records of its extended headers, of
// which POSIX leaves names like these to vendors.
const (
	errorRecord  = "COLDSTAT.error"   // what reading the member ends with
	damageRecord = "COLDSTAT.damage." // and a number: what could not be read of the bundle
)

// maxRecord bounds the text of a record.
const maxRecord = 4096

// maxTarTime is the last second that tar's own headers hold.
const maxTarTime = 1<<33 - 1

// NewWriter begins the tar with its top directory.
func NewWriter(w io.Writer, o WriterOptions) (*Writer, error) {
	if t := o.Time.Unix(); t < 0 || t > maxTarTime {
		o.Time = time.Unix(0, 0)
	}
	tw := &Writer{tar.NewWriter(w), o}
	var records map[string]string
	for i, damage := range o.Damage {
		if i == 0 {
			records = map[string]string{}
		}
		records[damageRecord+strconv.Itoa(i)] = damage[:min(len(damage), maxRecord)]
	}
	return tw, tw.member(&tar.Header{Typeflag: tar.TypeDir, Mode: 0o755, PAXRecords: records}, "")
}

// Next begins another machine, with another top directory.
func (w *Writer) Next(top string) error {
	w.o.Top = top
	return w.member(&tar.Header{Typeflag: tar.TypeDir, Mode: 0o755}, "")
}

// member begins a member. name is its path on the machine.
func (w *Writer) member(h *tar.Header, name string) error {
	h.Name = path.Join(w.o.Top, name)
	if h.Typeflag == tar.TypeDir {
		h.Name += "/"
	}
	h.ModTime = time.Unix(w.o.Time.Unix(), 0)
	return w.tw.WriteHeader(h)
}

// Dir writes a directory. Those that have members need none.
func (w *Writer) Dir(name string) error {
	return w.member(&tar.Header{Typeflag: tar.TypeDir, Mode: 0o755}, name)
}

// ErrName says that no link has such a target, or no file such a name.
var ErrName = errors.New("it cannot be kept under this name")

// Link writes a symbolic link, whose target is any text. It fails with [ErrName]
// and writes nothing if that is not possible.
func (w *Writer) Link(name, target string) error {
	if len(target) > maxName || strings.ContainsRune(target, 0) {
		return ErrName
	}
	return w.member(&tar.Header{Typeflag: tar.TypeSymlink, Mode: 0o777, Linkname: target}, name)
}

// File writes size bytes of r. If failed is not nil, reading the file ended in
// that error: those who read this tar will meet it again.
func (w *Writer) File(name string, size int64, r io.Reader, failed error) error {
	if _, ok := packed(path.Join(w.o.Top, name)); ok {
		return ErrName // it would be read as a directory
	}
	h := &tar.Header{Typeflag: tar.TypeReg, Mode: 0o644, Size: size}
	if failed != nil {
		text := failed.Error()
		h.PAXRecords = map[string]string{errorRecord: text[:min(len(text), maxRecord)]}
	}
	if err := w.member(h, name); err != nil {
		return err
	}
	n, err := io.Copy(w.tw, io.LimitReader(r, size))
	if err == nil && n < size {
		err = fmt.Errorf("%s became shorter while it was read", name)
	}
	return err
}

// Close ends the tar.
func (w *Writer) Close() error { return w.tw.Close() }

// recorded takes over what the bundle that a directory comes from lacked.
func (ld *loader) recorded(h *tar.Header) {
	for i := range maxNotes + 1 {
		text, ok := h.PAXRecords[damageRecord+strconv.Itoa(i)]
		if !ok {
			return
		}
		ld.damage("%s", text[:min(len(text), maxRecord)])
	}
}

// ending gives the content the error that its header tells of.
func ending(c content, h *tar.Header) content {
	text, ok := h.PAXRecords[errorRecord]
	if !ok {
		return c
	}
	return failing{c, errors.New(text[:min(len(text), maxRecord)])}
}

// failing is content whose reading ends in an error.
type failing struct {
	content
	err error
}

func (f failing) reader() io.Reader { return io.MultiReader(f.content.reader(), errorReader{f.err}) }

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }
