// Package wordlist is the English list of BIP 39: 2048 words in alphabetical
// order, made so that they are hard to confuse.
package wordlist

import (
	_ "embed" // the list
	"slices"
	"strings"
	"sync"
	"unicode"
)

const (
	// Bits is what a word stands for.
	Bits = 11
	// Start is how many letters tell a word from all others.
	Start = 4
)

// english is the list as BIP 39 publishes it, a word a line.
//
//go:embed english.txt
var english string

// words are split when they are asked for: most runs of a program need none.
var words = sync.OnceValue(func() []string { return strings.Fields(english) })

// Word returns the word at an index, which has Bits bits.
func Word(index int) string { return words()[index] }

// Fields splits what somebody has written down, said or typed: words, or groups of digits.
// Between them is white space, and commas or full stops if they like.
func Fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '.' || r == ';' })
}

// Find returns the index of a word, given whole or by its first Start letters. The
// case of ASCII letters does not matter; some others have one as their lower case,
// and are none.
func Find(word string) (index int, found bool) {
	word = strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, word)
	list := words()
	index, found = slices.BinarySearch(list, word)
	if found {
		return index, true
	}
	// The list is in order, so the first one behind it is the one it begins.
	found = len(word) == Start && index < len(list) &&
		strings.HasPrefix(list[index], word)
	return index, found
}
