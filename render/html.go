package render

import (
	"html"
	"io"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/coldstat/coldstat/parser/rows"
)

// htmlStyle writes a page. The renderer escapes the cells.
type htmlStyle struct{}

func newHTML(w io.Writer, o Options) Writer { return newSheet(w, o, htmlStyle{}) }

func (htmlStyle) renderer(int) tw.Renderer { return renderer.NewHTML() }
func (htmlStyle) padding() tw.Padding      { return tw.Padding{} }
func (htmlStyle) fitted() bool             { return false }

func (htmlStyle) cell(b []byte, _ *rows.Column, text []byte) []byte { return append(b, text...) }

// htmlHead needs nothing from anywhere: the page can be mailed and opened.
const htmlHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>coldstat</title>
<style>
body { font: 14px sans-serif; }
table { border-collapse: collapse; font-family: monospace; margin-bottom: 1em; }
th, td { border: 1px solid #bbb; padding: 2px 6px; white-space: pre; }
th { background: #eee; text-align: left; }
</style>
</head>
<body>
`

func (htmlStyle) begin(b []byte) []byte { return append(b, htmlHead...) }
func (htmlStyle) end(b []byte) []byte   { return append(b, "</body>\n</html>\n"...) }

func (htmlStyle) bundle(b []byte, name string) []byte { return appendElement(b, "h2", name) }
func (htmlStyle) title(b []byte, title string) []byte { return appendElement(b, "h3", title) }
func (htmlStyle) nothing(b []byte, why string) []byte { return appendElement(b, "p", why) }

func appendElement(b []byte, name, text string) []byte {
	return append(b, "<"+name+">"+html.EscapeString(text)+"</"+name+">\n"...)
}
