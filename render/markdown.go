package render

import (
	"bytes"
	"io"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// markdownStyle writes tables of GitHub's Markdown.
type markdownStyle struct{}

func newMarkdown(w io.Writer, o Options) Writer { return newSheet(w, o, markdownStyle{}) }

func (markdownStyle) renderer(int) tw.Renderer { return renderer.NewMarkdown() }
func (markdownStyle) padding() tw.Padding      { return tw.Padding{Left: " ", Right: " "} }
func (markdownStyle) fitted() bool             { return false }

func (markdownStyle) cell(b []byte, _ *rows.Column, text []byte) []byte {
	return appendMarkdown(b, text)
}

// appendMarkdown appends text that means nothing but itself: as it is if it has
// only characters that mean nothing anywhere, else as a code span. There no
// markup works, and nobody is mentioned, no issue linked, no emoji made of
// ":bee:" in an IPv6 address. Only the bar, which ends the cell, needs a
// backslash, also there.
func appendMarkdown(b, text []byte) []byte {
	if isPlainMarkdown(text) {
		return append(b, text...)
	}
	fence := bytes.Repeat([]byte("`"), longestRun(text, '`')+1)
	b = append(b, fence...)
	// Of a blank at both ends a reader takes one off, unless there are only blanks.
	blank := text[0] == '`' || text[len(text)-1] == '`' ||
		text[0] == ' ' && text[len(text)-1] == ' ' && len(bytes.Trim(text, " ")) > 0
	if blank {
		b = append(b, ' ')
	}
	b = append(b, bytes.ReplaceAll(text, []byte("|"), []byte(`\|`))...)
	if blank {
		b = append(b, ' ')
	}
	return append(b, fence...)
}

// isPlainMarkdown: letters, digits, blanks inside, and dots, slashes, commas,
// hyphens, underscores, but none of the last where it would emphasise, and no
// www. that becomes a link.
func isPlainMarkdown(text []byte) bool {
	if len(text) > 0 && (text[0] == ' ' || text[len(text)-1] == ' ') || bytes.Contains(bytes.ToLower(text), []byte("www.")) {
		return false
	}
	alnum := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] >= '0' && text[i] <= '9')
	}
	for i, c := range text {
		switch {
		case alnum(i), c == ' ', c == '.', c == '/', c == ',', c == '-' && len(text) < 3 || c == '-' && alnum(i-1):
		case c == '_' && alnum(i-1) && alnum(i+1):
		case c == '(' || c == ')':
		default:
			return false
		}
	}
	return true
}

func longestRun(text []byte, c byte) (longest int) {
	run := 0
	for _, t := range text {
		if t == c {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

func (markdownStyle) begin(b []byte) []byte { return b }
func (markdownStyle) end(b []byte) []byte   { return b }
func (markdownStyle) bundle(b []byte, name string) []byte {
	return append(appendMarkdown(append(b, "## "...), []byte(name)), "\n\n"...)
}
func (markdownStyle) title(b []byte, title string) []byte {
	return append(words.AppendSafe(append(b, "### "...), title), "\n\n"...)
}
func (markdownStyle) nothing(b []byte, why string) []byte {
	return append(append(append(b, '*'), why...), "*\n"...)
}
