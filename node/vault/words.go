package vault

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/tyler-smith/go-bip39/wordlists"
)

// WordCount is how many words a master secret is written as: 256 bits and a
// checksum of 8, at 11 bits each (BIP 39).
const WordCount = 24

const (
	wordBits = 11
	// wordStart is how many letters tell a word of the list from all others.
	wordStart = 4
	// maxWordsText bounds what is looked at, in bytes: 24 words of up to 8 letters
	// with generous space.
	maxWordsText = 4096
)

// wordList is the English list of BIP 39, in alphabetical order.
var wordList = wordlists.English

// Words returns the master secret as WordCount words, from which Restore makes it
// again. Whoever reads them has the identity. It fails only after Wipe.
func (k *Keys) Words() ([]string, error) {
	if k.master == nil {
		return nil, errWiped
	}
	entropy := k.master.Bytes()
	sum := sha256.Sum256(entropy)
	bits := append(append(make([]byte, 0, KeySize+1), entropy...), sum[0])
	defer clear(bits)
	words := make([]string, WordCount)
	for i := range words {
		words[i] = wordList[bitsAt(bits, i)]
	}
	return words, nil
}

// Restore returns the keys of the profile whose master secret was written down,
// with a new database key: words do not open an old database. Upper case, any
// space, and words cut to their first four letters are accepted. It fails with
// ErrWordCount, a *WordError or ErrWordChecksum.
func Restore(words string) (*Keys, error) {
	if len(words) > maxWordsText {
		return nil, ErrWordCount
	}
	fields := strings.Fields(words)
	if len(fields) != WordCount {
		return nil, ErrWordCount
	}
	bits := make([]byte, KeySize+1)
	defer clear(bits)
	for i, word := range fields {
		index, ok := findWord(strings.ToLower(word))
		if !ok {
			return nil, &WordError{Word: i + 1}
		}
		for b := range wordBits {
			if index>>(wordBits-1-b)&1 == 1 {
				at := i*wordBits + b
				bits[at/8] |= 1 << (7 - at%8)
			}
		}
	}
	if sum := sha256.Sum256(bits[:KeySize]); sum[0] != bits[KeySize] {
		return nil, ErrWordChecksum
	}
	return fromMaster(bits[:KeySize]), nil
}

// bitsAt returns the i-th group of wordBits bits.
func bitsAt(b []byte, i int) int {
	index := 0
	for at := i * wordBits; at < (i+1)*wordBits; at++ {
		index = index<<1 | int(b[at/8]>>(7-at%8)&1)
	}
	return index
}

// findWord returns where a word stands in the list, given whole or by its first
// wordStart letters.
func findWord(word string) (index int, found bool) {
	index, found = slices.BinarySearch(wordList, word)
	if found {
		return index, true
	}
	// The list is in order, so the first one behind it is the one it begins.
	found = len(word) == wordStart && index < len(wordList) && strings.HasPrefix(wordList[index], word)
	return index, found
}
