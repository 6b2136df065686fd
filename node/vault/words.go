package vault

import (
	"crypto/sha256"

	"github.com/onionwire/onionwire/node/internal/wordlist"
)

// WordCount is how many words a master secret is written as: 256 bits and a
// checksum of 8, at 11 bits each (BIP 39).
const WordCount = 24

// maxWordsText bounds what is looked at, in bytes: 24 words of up to 8 letters with
// generous space.
const maxWordsText = 4096

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
		words[i] = wordlist.Word(bitsAt(bits, i))
	}
	return words, nil
}

// Restore returns the keys of the profile whose master secret was written down,
// with a new database key: words do not open an old database. Upper case, any
// space, commas, and words cut to their first four letters are accepted. It fails with
// ErrWordCount, a *WordError or ErrWordChecksum.
func Restore(words string) (*Keys, error) {
	if len(words) > maxWordsText {
		return nil, ErrWordCount
	}
	fields := wordlist.Fields(words)
	if len(fields) != WordCount {
		return nil, ErrWordCount
	}
	bits := make([]byte, KeySize+1)
	defer clear(bits)
	for i, word := range fields {
		index, ok := wordlist.Find(word)
		if !ok {
			return nil, &WordError{Word: i + 1}
		}
		for b := range wordlist.Bits {
			if index>>(wordlist.Bits-1-b)&1 == 1 {
				at := i*wordlist.Bits + b
				bits[at/8] |= 1 << (7 - at%8)
			}
		}
	}
	if sum := sha256.Sum256(bits[:KeySize]); sum[0] != bits[KeySize] {
		return nil, ErrWordChecksum
	}
	return fromMaster(bits[:KeySize]), nil
}

// bitsAt returns the i-th group of wordlist.Bits bits.
func bitsAt(b []byte, i int) int {
	index := 0
	for at := i * wordlist.Bits; at < (i+1)*wordlist.Bits; at++ {
		index = index<<1 | int(b[at/8]>>(7-at%8)&1)
	}
	return index
}
