package contactlink

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxName bounds the display name, in bytes of UTF-8.
const MaxName = 64

// unseen are the general categories of characters that a name has no use for and
// that could make it show as another: control, format (which change the direction
// of writing, or show as nothing), private use, surrogates, and ends of lines.
var unseen = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp}

// checkName checks a display name, or that there is none.
func checkName(name string) error {
	switch {
	case len(name) > MaxName:
		return fmt.Errorf("%w: the name is longer than %d bytes", ErrMalformed, MaxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: the name is not UTF-8", ErrMalformed)
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("%w: a space before or behind the name", ErrMalformed)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unseen...) }):
		return fmt.Errorf("%w: a character in the name cannot be seen", ErrMalformed)
	case !norm.NFC.IsNormalString(name):
		return fmt.Errorf("%w: the name is not in normal form C", ErrMalformed)
	}
	return nil
}
