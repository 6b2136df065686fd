package safety

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/node/internal/wordlist"
)

const (
	digitsPerNumber = 2 * groupsPerHalf * 5
	wordsPerNumber  = 2 * wordsPerHalf

	// maxTyped bounds what is typed or scanned, in bytes. The longest number has
	// 16 words of 8 letters.
	maxTyped = 1024
)

// Match compares n with what the other side has shown or said: 60 digits, 16 words
// or a code. White space between digits or words, and around a code, does not
// matter, nor does the case of words, of which the first four letters will do.
//
// If the result is false without an error, the other side has another number:
// somebody may be between the two. An error means that s is not a whole number, or
// the wrong one: ErrMalformed, ErrNewer or ErrOwnCode. It does not repeat s. The
// comparison is in constant time.
func (n Number) Match(s string) (bool, error) {
	if n.IsZero() {
		return false, fmt.Errorf("%w: there is none to compare with", ErrMalformed)
	}
	if len(s) > maxTyped {
		return false, fmt.Errorf("%w: it is too long", ErrMalformed)
	}
	if s := strings.TrimSpace(s); codeFormat.Matches(s) {
		return n.matchCode(s)
	}
	fields := strings.Fields(s)
	if digits := strings.Join(fields, ""); strings.Trim(digits, "0123456789") == "" {
		return n.matchDigits(digits)
	}
	return n.matchWords(fields)
}

func (n Number) matchDigits(digits string) (bool, error) {
	if len(digits) != digitsPerNumber {
		return false, fmt.Errorf("%w: %d digits, want %d", ErrMalformed, len(digits), digitsPerNumber)
	}
	own := strings.ReplaceAll(n.String(), " ", "")
	return subtle.ConstantTimeCompare([]byte(own), []byte(digits)) == 1, nil
}

func (n Number) matchWords(typed []string) (bool, error) {
	if len(typed) != wordsPerNumber {
		return false, fmt.Errorf("%w: want %d digits or %d words", ErrMalformed, digitsPerNumber, wordsPerNumber)
	}
	var own, theirs []byte
	for _, f := range n.halves() {
		for _, index := range f.wordIndexes() {
			own = binary.BigEndian.AppendUint16(own, index)
		}
	}
	for i, word := range typed {
		index, found := wordlist.Find(word)
		if !found {
			return false, fmt.Errorf("%w: word %d is not one of the list", ErrMalformed, i+1)
		}
		theirs = binary.BigEndian.AppendUint16(theirs, uint16(index))
	}
	return subtle.ConstantTimeCompare(own, theirs) == 1, nil
}
