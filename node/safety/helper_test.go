package safety_test

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base32"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/tyler-smith/go-bip39/wordlists"

	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/safety"
)

func keyOf(seed byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(golden.Counting(seed, ed25519.SeedSize)).Public().(ed25519.PublicKey)
}

func number(t testing.TB, local, remote ed25519.PublicKey) safety.Number {
	t.Helper()
	n, err := safety.New(local, remote)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// refFingerprint and what follows are written from docs/protocol.md alone.
func refFingerprint(key []byte) []byte {
	h := slices.Concat([]byte("onionwire-e2ee-2 safety number"), []byte{1}, key)
	sum := sha512.Sum512(h)
	for range 5199 {
		sum = sha512.Sum512(slices.Concat(sum[:], key))
	}
	return sum[:]
}

func refDigits(fingerprint []byte) string {
	var groups []string
	for i := range 6 {
		n := new(big.Int).SetBytes(fingerprint[5*i : 5*i+5])
		groups = append(groups, fmt.Sprintf("%05d", n.Mod(n, big.NewInt(100000))))
	}
	return strings.Join(groups, " ")
}

func refWords(fingerprint []byte) []string {
	var words []string
	n := new(big.Int).SetBytes(fingerprint[30:41])
	for i := 7; i >= 0; i-- {
		index := new(big.Int).Rsh(n, uint(11*i))
		words = append(words, wordlists.English[index.Mod(index, big.NewInt(2048)).Int64()])
	}
	return words
}

func refCode(version byte, shower, viewer []byte) string {
	raw := slices.Concat([]byte{version}, shower[:32], viewer[:32])
	return "ONIONWIRE-SAFETY:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}
