package point_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"testing"

	"filippo.io/edwards25519"
	"github.com/onionwire/onionwire/node/internal/point"
	"pgregory.net/rapid"
)

func TestEveryMadeKeyPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), ed25519.SeedSize, ed25519.SeedSize).Draw(t, "seed")
		key := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		if !point.PrimeOrder(key) {
			t.Error("a key that RFC 8032 makes is refused")
		}
	})
}

// order8 is a point of order 8.
const order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"

func TestKeysWithAPartOfSmallOrder(t *testing.T) {
	small := decode(t, order8)
	part, err := new(edwards25519.Point).SetBytes(small)
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	whole, err := new(edwards25519.Point).SetBytes(key)
	if err != nil {
		t.Fatal(err)
	}
	torsion := edwards25519.NewIdentityPoint()
	for i := range 8 {
		if torsion.Add(torsion, part); point.PrimeOrder(torsion.Bytes()) {
			t.Errorf("%d times the point of order 8 passes", i+1)
		}
		mixed := new(edwards25519.Point).Add(whole, torsion).Bytes()
		if got, want := point.PrimeOrder(mixed), i == 7; got != want {
			t.Errorf("a key with %d times the point of order 8: %t, want %t", i+1, got, want)
		}
	}
}

func TestOtherBytes(t *testing.T) {
	for name, key := range map[string][]byte{
		"nothing":       nil,
		"too short":     make([]byte, 31),
		"too long":      make([]byte, 33),
		"not a point":   decode(t, "0200000000000000000000000000000000000000000000000000000000000000"),
		"y = p + 1":     decode(t, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		"minus zero":    decode(t, "0100000000000000000000000000000000000000000000000000000000000080"),
		"all bits set":  bytes.Repeat([]byte{0xff}, 32),
		"neutral point": append([]byte{1}, make([]byte, 31)...),
	} {
		if point.PrimeOrder(key) {
			t.Errorf("%s passes", name)
		}
	}
}

func decode(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
