package safety

import (
	"slices"
	"strings"

	"github.com/tyler-smith/go-bip39/wordlists"
)

const (
	// wordBits is what a word of the list stands for.
	wordBits = 11
	// wordStart is how many letters tell a word of the list from all others.
	wordStart = 4
)

// wordList is the English list of BIP 39: 2048 words in alphabetical order, made
// so that they are hard to confuse.
var wordList = wordlists.English

// findWord returns where a word stands in the list, given in lower case, whole or
// by its first four letters.
func findWord(word string) (index uint16, found bool) {
	i, exact := slices.BinarySearch(wordList, word)
	if exact {
		return uint16(i), true
	}
	// The list is in order, so the first one behind it is the one it begins.
	if len(word) != wordStart || i == len(wordList) || !strings.HasPrefix(wordList[i], word) {
		return 0, false
	}
	return uint16(i), true
}
