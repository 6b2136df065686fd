package tortest

import (
	"crypto/rand"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base32"
	"errors"
	"math/big"
	"slices"
)

var fakeBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// fakeNewKey makes an expanded private key, as ADD_ONION NEW does.
func fakeNewKey() []byte {
	var seed [32]byte
	rand.Read(seed[:])
	key := sha512.Sum512(seed[:])
	key[0] &= 248
	key[31] &= 63
	key[31] |= 64
	return key[:]
}

// fakeServiceID is the service ID of a 64-byte expanded private key. Like tor
// it does not ask for a clamped scalar.
func fakeServiceID(expanded []byte) (string, error) {
	if len(expanded) != 64 {
		return "", errors.New("expanded key is not 64 bytes long")
	}
	scalar := slices.Clone(expanded[:32])
	slices.Reverse(scalar)
	public := fakePublicKey(new(big.Int).SetBytes(scalar))
	if public == nil {
		return "", errors.New("expanded key has no public key")
	}
	return fakeAddress(public), nil
}

// fakeAddress encodes a public key (rend-spec-v3.txt, 6).
func fakeAddress(public []byte) string {
	sum := sha3.Sum256(slices.Concat([]byte(".onion checksum"), public, []byte{3}))
	return fakeBase32.EncodeToString(slices.Concat(public, sum[:2], []byte{3}))
}

// fakeIsServiceID reports whether s, in lower case, is a version 3 address
// with a right checksum.
func fakeIsServiceID(s string) bool {
	raw, err := fakeBase32.DecodeString(s)
	return err == nil && len(raw) == 35 && fakeAddress(raw[:32]) == s
}
