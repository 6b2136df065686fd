package tortest

import (
	"crypto/rand"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base32"
	"errors"
	"math/big"
	"slices"

	"github.com/cretz/bine/torutil/ed25519"
)

var fakeBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// fakeGroupOrder is the order of the Ed25519 base point (RFC 8032, 5.1).
var fakeGroupOrder, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

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
// it does not ask for a clamped scalar, which is why the scalar is reduced
// first: the multiplication wants the top bit clear.
func fakeServiceID(expanded []byte) (string, error) {
	if len(expanded) != 64 {
		return "", errors.New("expanded key is not 64 bytes long")
	}
	bigEndian := slices.Clone(expanded[:32])
	slices.Reverse(bigEndian)
	scalar := new(big.Int).SetBytes(bigEndian)
	if scalar.Mod(scalar, fakeGroupOrder).Sign() == 0 {
		return "", errors.New("expanded key has no public key")
	}
	reduced := scalar.FillBytes(make([]byte, 32))
	slices.Reverse(reduced)
	return fakeAddress(ed25519.PrivateKey(reduced).PublicKey()), nil
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
