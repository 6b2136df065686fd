// Package displayname judges how people want to be called.
package displayname

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxSize bounds a display name, in bytes of UTF-8.
const MaxSize = 64

// unseen are the general categories of characters that a name has no use for and
// that could make it show as another: control, format (which change the direction
// of writing, or show as nothing), private use, surrogates, and ends of lines.
var unseen = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp}

// Check reports what is wrong with a name, if anything (docs/protocol.md, "Contact
// links"). The empty name is fine. The error does not repeat it.
func Check(name string) error {
	if err := CheckSize(name); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(name) != name:
		return errors.New("a space before or behind the name")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unseen...) }):
		return errors.New("a character in the name cannot be seen")
	case !norm.NFC.IsNormalString(name):
		return errors.New("the name is not in normal form C")
	}
	return nil
}

// CheckSize does the part of Check that is the same in every version of Unicode.
func CheckSize(name string) error {
	switch {
	case len(name) > MaxSize:
		return fmt.Errorf("the name is longer than %d bytes", MaxSize)
	case !utf8.ValidString(name):
		return errors.New("the name is not UTF-8")
	}
	return nil
}
