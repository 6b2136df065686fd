// Package output is how commands tell results: to people in lines and columns, to
// programs as one JSON object a line. What somebody else has chosen, names and texts,
// is made harmless for the terminal on either way.
package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Writer tells results. Its methods are not to be called concurrently.
type Writer struct {
	Out io.Writer
	// JSON is whether programs read it.
	JSON bool
}

// Show tells one result: v as JSON, or a text for people, to which a newline is added.
func (w Writer) Show(v any, format string, args ...any) error {
	if w.JSON {
		return w.Object(v)
	}
	_, err := fmt.Fprintf(w.Out, format+"\n", args...)
	return err
}

// Object writes v as a line of JSON, whoever reads it. It has no character that a
// terminal would obey or that cannot be seen: those are escaped.
func (w Writer) Object(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Out.Write(escape(b.Bytes()))
	return err
}

// escape writes what cannot be seen as JSON writes it in strings, which is the only
// place where it can be.
func escape(line []byte) []byte {
	text := bytes.TrimSuffix(line, []byte("\n"))
	if !bytes.ContainsFunc(text, hidden) {
		return line
	}
	out := make([]byte, 0, len(line)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case !hidden(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return append(out, '\n')
}

// hidden reports whether a terminal may do anything with a character but to show it.
func hidden(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) }
