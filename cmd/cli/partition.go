package cli

import (
	"fmt"
	"hash/fnv"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// partitions are the files of a directory that engines read as one table a kind:
//
//	DIR/kind=socket/host=web1/sosreport-web1-1f3c9a02.parquet
//
// one for each machine of each bundle, and for each of its network namespaces that is asked
// for. Only one is open at a time.
type partitions struct {
	dir    string
	format render.Format
	opts   render.Options
	kinds  []*rows.Kind
	files  *files
	used   map[string]bool
}

// noHost is Hive's word for null.
const noHost = "__HIVE_DEFAULT_PARTITION__"

// write writes the files of a view. place tells it from all other views of all bundles, and
// is the same in another run; it begins with the bundle's name.
func (p *partitions) write(v render.View, place []string) error {
	host := noHost
	if name := v.Source.HostName(); name != "" {
		host = pathName(name)
	}
	for _, k := range v.Kinds {
		dir := filepath.Join(p.dir, "kind="+k.Name, "host="+host)
		file := &lateFile{files: p.files, below: p.dir, name: p.unused(dir, place)}
		v.Kinds = []*rows.Kind{k}
		w := p.format.New(file, p.opts)
		err := w.Write(v)
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			err = file.settle()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unused is the name of a file: the bundle's name without its ending, for people, and a
// number that tells apart bundles of the same name.
func (p *partitions) unused(dir string, place []string) string {
	bundleName := filepath.Clean(place[0])
	stem := bundle.Stem(filepath.Base(bundleName))
	if place[0] == "-" {
		stem = "stdin"
	}
	h := fnv.New32a()
	io.WriteString(h, strings.Join(append([]string{filepath.ToSlash(bundleName)}, place[1:]...), "\x00"))
	for n := h.Sum32(); ; n++ {
		name := filepath.Join(dir, fmt.Sprintf("%s-%08x.%s", pathName(stem), n, p.format.Extension))
		if !p.used[name] {
			p.used[name] = true
			return name
		}
	}
}

// maxPathName bounds what a name of the capture becomes in a path, in bytes: with what
// stands around it, it must fit into the 255 that file systems allow.
const maxPathName = 160

// pathName makes any text a part of a path: what is neither a letter nor a digit nor one of
// "-_." is written as percent signs with two digits, as Hive and URLs have it. One that would
// be too long is cut, and ends in a number of the whole.
func pathName(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		part := text[i : i+size]
		if !isPathRune(r) || r == utf8.RuneError || i == 0 && (r == '.' || r == '_') || i+size == len(text) && r == '.' {
			part = percent(part)
		}
		if b.Len()+len(part) > maxPathName {
			h := fnv.New64a()
			io.WriteString(h, text)
			return fmt.Sprintf("%s~%016x", b.String(), h.Sum64())
		}
		b.WriteString(part)
		i += size
	}
	return b.String()
}

func percent(text string) (encoded string) {
	for _, c := range []byte(text) {
		encoded += fmt.Sprintf("%%%02X", c)
	}
	return encoded
}

// isPathRune: letters beyond ASCII stay, as Spark decodes each byte for itself. Names that
// begin with a dot or an underscore are hidden from engines, and Windows drops a dot at the end.
func isPathRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		return true
	}
	return r >= utf8.RuneSelf && !words.UnsafeRune(r)
}

// A lateFile is made when something is written to it.
type lateFile struct {
	files       *files
	below, name string
	file        *pending
}

func (f *lateFile) Write(b []byte) (int, error) {
	if f.file == nil {
		if err := f.files.mkdir(f.below, filepath.Dir(f.name)); err != nil {
			return 0, err
		}
		file, err := f.files.create(f.name)
		if err != nil {
			return 0, err
		}
		f.file = file
	}
	return f.file.Write(b)
}

// settle closes it, complete. It gets its name with all others.
func (f *lateFile) settle() error {
	if f.file == nil {
		return nil
	}
	return f.files.settle(f.file)
}
