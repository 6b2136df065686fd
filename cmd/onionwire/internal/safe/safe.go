// Package safe makes text that came from somebody else harmless for a terminal, and
// measures, cuts and wraps text in the cells that it takes there.
//
// [Text] and [Line] show what would otherwise be obeyed or not be seen: escape
// sequences, controls that reorder text, characters without width, piles of accents.
// Letters of every script, and emoji as people send them, stay as they are.
package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many accents stand on a letter. No language has more; piles of them
// cover the lines above and below.
const maxMarks = 4

// tab is what a tab is shown as: its width must not depend on the column.
const tab = "    "

// Text makes text of several lines harmless. What it returns has no control character
// but line feeds. Doing it twice changes nothing.
func Text(s string) string { return clean(s, "\n") }

// Line makes text of one line harmless, such as a name: line feeds are shown, too.
func Line(s string) string { return clean(s, "␊") }

func clean(s, newline string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	c := cleaner{out: &b, newline: newline}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			c.flush()
			fmt.Fprintf(&b, "‹%02X›", s[i])
			c.before = 0
			i++
			continue
		}
		next, n := utf8.DecodeRuneInString(s[i+size:])
		if n <= 1 && next == utf8.RuneError { // nothing, or a byte that is shown as its number
			next = 0
		}
		if r == '\r' && next == '\n' {
			i += size
			continue
		}
		c.take(r, next)
		i += size
	}
	c.flush()
	return b.String()
}

// plain reports whether s has nothing but printable ASCII, which most text is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cleaner writes one rune after the other.
type cleaner struct {
	out     *strings.Builder
	newline string
	before  rune // the last one that was written as it is, or 0
	marks   int  // on the last letter
	excess  int  // of those, how many were left out
}

func (c *cleaner) take(r, next rune) {
	if unicode.In(r, unicode.Mn, unicode.Me) && !invisible(r) && !selector(r) {
		if c.before == 0 || c.marks == maxMarks {
			c.excess++
			return
		}
		c.marks++
		c.out.WriteRune(r)
		return
	}
	c.flush()
	switch {
	case r == '\n':
		c.out.WriteString(c.newline)
		c.before = 0
		return
	case r == '\t':
		c.out.WriteString(tab)
		c.before = 0
		return
	case r < ' ':
		c.out.WriteRune('␀' + r)
	case r == 0x7f:
		c.out.WriteRune('␡')
	case allowed(c.before, r, next):
		c.out.WriteRune(r)
		if !unicode.Is(unicode.Cf, r) && !selector(r) {
			c.before, c.marks = r, 0
		}
		return
	default:
		fmt.Fprintf(c.out, "‹U+%04X›", r)
	}
	c.before, c.marks = 0, 0
}

// flush says how many accents were left out.
func (c *cleaner) flush() {
	if c.excess > 0 {
		fmt.Fprintf(c.out, "‹+%d marks›", c.excess)
		c.excess, c.before = 0, 0
	}
	c.marks = 0
}

// allowed reports whether r may be shown as it is between its neighbours.
func allowed(before, r, next rune) bool {
	switch {
	case invisible(r):
		return false
	case r == joiner:
		return joins(before, next)
	case r == nonJoiner:
		return joinsLetters(before) && joinsLetters(next)
	case selector(r):
		return pictorial(before)
	}
	return unicode.IsGraphic(r)
}
