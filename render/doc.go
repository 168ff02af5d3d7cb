// Package render turns the rows of a snapshot into text. It opens nothing and
// asks nobody: names come through the [Namer] that it is given, and what the
// reader must know besides the rows goes to a [Reporter].
//
// Which formats there are is the list in formats.go.
package render
