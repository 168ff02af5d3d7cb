package render_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// tableCells are the cells of a kind, row by row, each taken from a table of that
// column alone, where nothing stands beside it.
func tableCells(t *testing.T, v render.View, k *rows.Kind) [][]string {
	t.Helper()
	var names []string
	var all [][]string
	for i := range k.Columns() {
		c := &k.Columns()[i]
		names = append(names, c.Name)
		text := string(written(t, "table", render.Options{Columns: []string{c.Name}, NoHeader: true}, only(v, k)))
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if all == nil {
			all = make([][]string, len(lines))
		}
		for row, line := range lines {
			if c.Type.Number() {
				line = strings.TrimLeft(line, " ")
			}
			all[row] = append(all[row], line)
		}
	}
	return append([][]string{names}, all...)
}

// every chooses all columns of a kind, also those that say nothing.
func every(k *rows.Kind) (o render.Options) {
	for i := range k.Columns() {
		o.Columns = append(o.Columns, k.Columns()[i].Name)
	}
	return o
}

// TestPages: the cells of HTML and of Markdown are the texts of the table, and
// whatever stands in them is text.
func TestPages(t *testing.T) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	for _, m := range []machine{captures(t)[1], captures(t)[2], hostile()} {
		v := m.whole(t)
		for _, k := range rows.Kinds() {
			if listOf(v, k).Len() == 0 {
				continue
			}
			want := tableCells(t, v, k)
			page := written(t, "html", every(k), only(v, k))
			sameCells(t, m.name+" html "+k.Name, cellsOf(t, page, nil), want)
			var rendered bytes.Buffer
			if err := markdown.Convert(written(t, "markdown", every(k), only(v, k)), &rendered); err != nil {
				t.Fatal(err)
			}
			sameCells(t, m.name+" markdown "+k.Name, cellsOf(t, rendered.Bytes(), inert), want)
		}
	}
}

// sameCells compares. Blanks at the end of a line are not written in a table.
func sameCells(t *testing.T, what string, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
		return
	}
	for i := range want {
		for j := range got[i] {
			got[i][j] = strings.TrimRight(got[i][j], " ")
		}
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: row %d\n got %q\nwant %q", what, i, got[i], want[i])
			return
		}
	}
}

// cellsOf reads the one table of a page. check looks at each cell.
func cellsOf(t *testing.T, page []byte, check func(t *testing.T, cell *html.Node)) (table [][]string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Tr:
			table = append(table, nil)
		case atom.Th, atom.Td:
			if check != nil && n.DataAtom == atom.Td {
				check(t, n)
			}
			var text strings.Builder
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					text.WriteString(d.Data)
				} else if d.DataAtom != atom.Code || check == nil {
					t.Errorf("<%s> in a cell", d.Data)
				}
			}
			table[len(table)-1] = append(table[len(table)-1], text.String())
		}
	}
	return table
}

// plainText is what has no meaning in Markdown, here or on any site: no link, no
// mention, no number of an issue, no emoji begins without another character.
var plainText = regexp.MustCompile(`^[A-Za-z0-9 ./,()_-]*$`)

// inert checks a cell of Markdown: one code span, or plain text.
func inert(t *testing.T, cell *html.Node) {
	t.Helper()
	for n := range cell.ChildNodes() {
		switch {
		case n.Type == html.TextNode && plainText.MatchString(n.Data) && n.NextSibling == nil && n.PrevSibling == nil:
		case n.DataAtom == atom.Code && n.NextSibling == nil && n.PrevSibling == nil:
		default:
			t.Errorf("%q in a cell of Markdown is neither a code span nor plain text", n.Data)
		}
	}
}

// void are the elements that have no end tag.
var void = map[string]bool{"meta": true, "br": true}

// known are the elements that a page is made of.
var known = map[string]bool{
	"html": true, "head": true, "meta": true, "title": true, "style": true, "body": true,
	"h2": true, "h3": true, "p": true, "table": true, "thead": true, "tbody": true, "tr": true, "th": true, "td": true,
}

// TestHTMLPage: a page of all kinds of two bundles is whole: one doctype, one
// charset, every element closed in its place, nothing that is asked of elsewhere.
func TestHTMLPage(t *testing.T) {
	v := hostile().whole(t)
	page := written(t, "html", render.Options{Several: true}, v, captures(t)[0].whole(t))
	var open []string
	seen := map[string]int{}
	z := html.NewTokenizer(bytes.NewReader(page))
	for z.Next() != html.ErrorToken {
		tok := z.Token()
		seen[tok.Type.String()+" "+tok.Data]++
		switch tok.Type {
		case html.StartTagToken:
			if !known[tok.Data] {
				t.Fatalf("<%s> in %v", tok.Data, open)
			}
			for _, a := range tok.Attr {
				seen["attribute "+a.Key+"="+a.Val]++
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" {
					t.Errorf("attribute %s=%q of <%s>", a.Key, a.Val, tok.Data)
				}
			}
			if !void[tok.Data] {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("</%s> in %v", tok.Data, open)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.SelfClosingTagToken:
			t.Errorf("%v %q", tok.Type, tok.Data)
		case html.TextToken:
			if len(open) == 0 && strings.TrimSpace(tok.Data) != "" {
				t.Errorf("text outside of the page: %q", tok.Data)
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
	for what, want := range map[string]int{
		"Doctype html": 1, "attribute charset=utf-8": 1, "StartTag html": 1, "StartTag body": 1, "StartTag style": 1, "StartTag h2": 2,
	} {
		if seen[what] != want {
			t.Errorf("%d times %s, want %d", seen[what], what, want)
		}
	}
	if !bytes.HasPrefix(page, []byte("<!DOCTYPE html>")) {
		t.Errorf("begins with %.40q", page)
	}
}

// TestMarkdownPage: of all kinds of two bundles only headings, tables, code spans
// and our own emphasis of "no rows" come out.
func TestMarkdownPage(t *testing.T) {
	v := hostile().whole(t)
	text := written(t, "markdown", render.Options{Several: true}, v, captures(t)[0].whole(t))
	var rendered bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(text, &rendered); err != nil {
		t.Fatal(err)
	}
	elements := map[string]int{}
	z := html.NewTokenizer(&rendered)
	for z.Next() != html.ErrorToken {
		if tok := z.Token(); tok.Type == html.StartTagToken {
			elements[tok.Data]++
		}
	}
	if elements["h2"] != 2 || elements["h3"] != 2*len(rows.Kinds()) {
		t.Errorf("%d h2 and %d h3, want one a bundle and one a kind", elements["h2"], elements["h3"])
	}
	if elements["em"] != elements["p"] {
		t.Errorf("%d em in %d paragraphs, want only the words for no rows", elements["em"], elements["p"])
	}
	for name := range elements {
		if !slices.Contains([]string{"h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "code", "p", "em"}, name) {
			t.Errorf("%d <%s>", elements[name], name)
		}
	}
}
