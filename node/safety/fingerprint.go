package safety

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/binary"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/wordlist"
)

const (
	label              = "onionwire-e2ee-2 safety number"
	fingerprintVersion = 1

	// rounds makes every key that a forger tries cost as many hashes. It is
	// Signal's number, and costs us a millisecond for an identity.
	rounds = 5200

	// Each half of a number.
	groupsPerHalf = 6
	groupSize     = 5       // bytes of the fingerprint that make a group
	groupRange    = 100_000 // of five digits
	wordsPerHalf  = 8

	digitsSize = groupsPerHalf * groupSize
	// wordsSize is 8 words of 11 bits in bytes.
	wordsSize = wordsPerHalf * wordlist.Bits / 8
)

// fingerprint stands for one identity, after Signal's numeric fingerprint. Digits
// and words are made of different bytes of it.
type fingerprint [sha512.Size]byte

func newFingerprint(key ed25519.PublicKey) (f fingerprint) {
	input := append([]byte(label), fingerprintVersion)
	for range rounds {
		// The key in every round: two keys that meet once do not stay together.
		input = append(input, key...)
		f = sha512.Sum512(input)
		input = append(input[:0], f[:]...)
	}
	return f
}

// digits returns the six groups of a half. That 2^40 is no multiple of the range
// makes some groups likelier by one in ten million.
func (f fingerprint) digits() []string {
	groups := make([]string, groupsPerHalf)
	for i := range groups {
		var n [8]byte
		copy(n[len(n)-groupSize:], f[i*groupSize:][:groupSize])
		groups[i] = fmt.Sprintf("%05d", binary.BigEndian.Uint64(n[:])%groupRange)
	}
	return groups
}

// wordIndexes returns where the eight words of a half stand in the list.
func (f fingerprint) wordIndexes() []uint16 {
	indexes := make([]uint16, 0, wordsPerHalf)
	var bits uint32
	have := 0
	for _, b := range f[digitsSize:][:wordsSize] {
		bits, have = bits<<8|uint32(b), have+8
		if have >= wordlist.Bits {
			have -= wordlist.Bits
			indexes = append(indexes, uint16(bits>>have)&(1<<wordlist.Bits-1))
		}
	}
	return indexes
}

func (f fingerprint) words() []string {
	words := make([]string, 0, wordsPerHalf)
	for _, i := range f.wordIndexes() {
		words = append(words, wordlist.Word(int(i)))
	}
	return words
}
