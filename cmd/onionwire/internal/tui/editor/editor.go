// Package editor is text that is being written: what the keys do to it, and how it is
// laid out on rows. It knows no terminal. The composer and the fields of dialogs are made
// of it.
package editor

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
)

// Editor is a text with a cursor. The zero Editor is empty and has no limit.
type Editor struct {
	// Limit is how long the text may become, in bytes, or 0.
	Limit int
	// OneLine turns line feeds into spaces.
	OneLine bool

	text   string
	cursor int // in bytes, at the start of a cluster
	column int // that up and down keep to, in cells, or -1

	laid layout
}

// Text is what was written.
func (e *Editor) Text() string { return e.text }

// Empty reports whether nothing was written.
func (e *Editor) Empty() bool { return e.text == "" }

// Cursor is where the next character goes, in bytes.
func (e *Editor) Cursor() int { return e.cursor }

// Set replaces all, and goes to the end.
func (e *Editor) Set(text string) {
	text = e.clean(text)
	e.change(text, len(text))
}

// Clear erases all.
func (e *Editor) Clear() { e.change("", 0) }

// Insert writes text at the cursor. It does nothing and returns false if the whole would
// be longer than the limit.
func (e *Editor) Insert(text string) bool {
	text = e.clean(text)
	if e.Limit > 0 && len(e.text)+len(text) > e.Limit {
		return false
	}
	e.change(e.text[:e.cursor]+text+e.text[e.cursor:], e.cursor+len(text))
	return true
}

// clean makes text one that can be sent and edited: valid UTF-8, line feeds only, and no
// other control character but tabs.
func (e *Editor) clean(text string) string {
	if e.isClean(text) {
		return text // a megabyte that is pasted is looked at several times
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\n':
			if e.OneLine {
				return ' '
			}
			return '\n'
		case r == '\t' && e.OneLine:
			return ' '
		case r < ' ' && r != '\t', r >= 0x7f && r < 0xa0:
			return -1
		}
		return r
	}, text)
}

// isClean reports whether clean would return the same.
func (e *Editor) isClean(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n', c == '\t':
			if e.OneLine {
				return false
			}
		case c < ' ', c == 0x7f:
			return false
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0: // U+0080 to U+009F
			return false
		}
	}
	return utf8.ValidString(text)
}

func (e *Editor) change(text string, cursor int) {
	e.text, e.cursor, e.column = text, cursor, -1
	e.laid.rows = nil
}

// Left and Right go by what people see as one character.
func (e *Editor) Left() { e.move(e.before()) }

// Right goes one character on.
func (e *Editor) Right() { e.move(e.after()) }

func (e *Editor) move(to int) { e.cursor, e.column = to, -1 }

// WordLeft goes to the start of a word.
func (e *Editor) WordLeft() { e.move(e.wordBefore()) }

// WordRight goes to the end of a word.
func (e *Editor) WordRight() {
	i := e.cursor
	for i < len(e.text) && isSpace(e.text[i]) {
		i++
	}
	for i < len(e.text) && !isSpace(e.text[i]) {
		i++
	}
	e.move(i)
}

// LineStart goes to the start of the line, between line feeds.
func (e *Editor) LineStart() { e.move(e.lineStart()) }

// LineEnd goes to its end.
func (e *Editor) LineEnd() {
	if i := strings.IndexByte(e.text[e.cursor:], '\n'); i >= 0 {
		e.move(e.cursor + i)
		return
	}
	e.move(len(e.text))
}

// Backspace deletes the character to the left.
func (e *Editor) Backspace() { e.cut(e.before(), e.cursor) }

// Delete deletes the character to the right.
func (e *Editor) Delete() { e.cut(e.cursor, e.after()) }

// DeleteWord deletes the word to the left.
func (e *Editor) DeleteWord() { e.cut(e.wordBefore(), e.cursor) }

// DeleteToStart deletes what is to the left on the line, or the line feed before it.
func (e *Editor) DeleteToStart() {
	start := e.lineStart()
	if start == e.cursor && start > 0 {
		start--
	}
	e.cut(start, e.cursor)
}

func (e *Editor) cut(from, to int) {
	if from < to {
		e.change(e.text[:from]+e.text[to:], from)
	}
}

func (e *Editor) lineStart() int { return strings.LastIndexByte(e.text[:e.cursor], '\n') + 1 }

// before returns where the character to the left begins.
func (e *Editor) before() int {
	if e.cursor == 0 {
		return 0
	}
	if c := e.text[e.cursor-1]; c < utf8.RuneSelf {
		return e.cursor - 1
	}
	last := e.lineStart()
	for i := last; i < e.cursor; {
		last = i
		cluster, _ := ansi.FirstGraphemeCluster(e.text[i:], safe.ByGrapheme)
		i += len(cluster)
	}
	return last
}

// after returns where the character to the right ends.
func (e *Editor) after() int {
	if e.cursor == len(e.text) {
		return e.cursor
	}
	cluster, _ := ansi.FirstGraphemeCluster(e.text[e.cursor:], safe.ByGrapheme)
	return e.cursor + len(cluster)
}

func (e *Editor) wordBefore() int {
	i := e.cursor
	for i > 0 && isSpace(e.text[i-1]) {
		i--
	}
	for i > 0 && !isSpace(e.text[i-1]) {
		i--
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }
