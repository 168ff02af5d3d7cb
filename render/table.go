package render

import (
	"bytes"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/coldstat/coldstat/parser/rows"
)

// textStyle is the table for terminals and pipes.
type textStyle struct{ color bool }

func newTable(w io.Writer, o Options) Writer { return newSheet(w, o, textStyle{o.Color}) }

func (textStyle) renderer(gap int) tw.Renderer {
	return renderer.NewBlueprint(tw.Rendition{
		Borders: tw.BorderNone, Symbols: tw.NewSymbolCustom("blanks").WithColumn(blanks[:gap]),
		Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.On, BetweenRows: tw.Off}, Lines: tw.LinesNone},
	})
}

func (textStyle) padding() tw.Padding { return tw.Padding{} }
func (textStyle) fitted() bool        { return true }

func (s textStyle) cell(b []byte, c *rows.Column, text []byte) []byte {
	if !s.color || c.Name != "state" && !strings.HasSuffix(c.Name, "_state") {
		return append(b, text...)
	}
	color := stateColors[string(text)]
	if bytes.HasPrefix(text, []byte("UNKNOWN")) {
		color = red
	}
	if color == "" {
		return append(b, text...)
	}
	return append(append(append(b, color...), text...), plainColor...)
}

// Colours as terminals take them (ECMA-48 SGR).
const (
	red        = "\x1b[31m"
	green      = "\x1b[32m"
	yellow     = "\x1b[33m"
	dim        = "\x1b[2m"
	plainColor = "\x1b[0m"
)

// stateColors: what listens is green, what should not last is yellow, what is
// over is dim, what failed is red.
var stateColors = map[string]string{
	"LISTEN": green, "LISTENING": green,
	"SYN_SENT": yellow, "SYN_RECV": yellow, "FIN_WAIT1": yellow, "CLOSE_WAIT": yellow, "LAST_ACK": yellow,
	"CLOSING": yellow, "CONNECTING": yellow, "DISCONNECTING": yellow,
	"TIME_WAIT": dim, "FIN_WAIT2": dim, "CLOSE": dim, "UNCONN": dim, "FREE": dim,
	"incomplete": red, "FAILED": red, "INCOMPLETE": red,
}

func (textStyle) begin(b []byte) []byte { return b }
func (textStyle) end(b []byte) []byte   { return b }
func (textStyle) bundle(b []byte, name string) []byte {
	return append(append(append(b, "==> "...), name...), " <==\n"...)
}
func (textStyle) title(b []byte, title string) []byte { return append(append(b, title...), '\n') }
func (textStyle) nothing(b []byte, why string) []byte {
	return append(append(append(b, '('), why...), ")\n"...)
}
