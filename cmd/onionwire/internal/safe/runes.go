package safe

import "unicode"

const (
	joiner    = '\u200d'
	nonJoiner = '\u200c'
)

// blank are characters that count as letters or symbols, and show nothing: names and
// words that look the same can differ in them.
var blank = map[rune]bool{
	'\u115f': true, '\u1160': true, '\u3164': true, '\uffa0': true, // Hangul fillers
	'\u2800': true,                 // Braille without dots
	'\u034f': true,                 // joins nothing that can be seen
	'\u17b4': true, '\u17b5': true, // Khmer vowels that are not written
}

// invisible reports whether a graphic character, or a mark, shows nothing.
func invisible(r rune) bool {
	return blank[r] ||
		r >= 0x180b && r <= 0x180f || // Mongolian selectors
		r >= 0xfe00 && r <= 0xfe0d || // selectors that no emoji needs
		r >= 0xe0100 && r <= 0xe01ef // selectors that can carry a message
}

// selector reports whether r chooses between an emoji and a symbol of text.
func selector(r rune) bool { return r == 0xfe0e || r == 0xfe0f }

// pictorial reports whether r can be shown as an emoji.
func pictorial(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r == '#', r == '*':
		return true
	case r < 0xa9:
		return false
	}
	return unicode.In(r, unicode.So, unicode.Sm, unicode.Sk) || r == 0x203c || r == 0x2049 || r == 0x3030 || r == 0x303d
}

// joins reports whether a joiner makes one picture, or one glyph, of its neighbours.
func joins(before, next rune) bool {
	return before > 0xff && next > 0xff && pictorial(before) && pictorial(next) ||
		joinsLetters(before) && joinsLetters(next)
}

// joining are the scripts whose letters look different next to each other.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
	unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
}

func joinsLetters(r rune) bool { return r > 0x5ff && unicode.In(r, joining...) }
