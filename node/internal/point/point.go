// Package point judges public Ed25519 keys.
package point

import (
	"bytes"

	"filippo.io/edwards25519"
)

// minusOne is the order of the prime-order subgroup less one.
var minusOne = func() *edwards25519.Scalar {
	one := [32]byte{1}
	s, err := edwards25519.NewScalar().SetCanonicalBytes(one[:])
	if err != nil {
		panic(err)
	}
	return s.Negate(s)
}()

// PrimeOrder reports whether key is the canonical encoding (RFC 8032, section
// 5.1.2) of a point whose order is the prime order of the group, as all keys are
// that RFC 8032 makes. Tor connects to no other onion address. A key of small
// order would let everybody sign, and one with a part of small order has seven
// others beside it that its owner can pass for. It takes any number of bytes.
func PrimeOrder(key []byte) bool {
	p, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || !bytes.Equal(p.Bytes(), key) || p.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return false
	}
	// The order times the point is neutral: (order-1)·P = -P.
	q := new(edwards25519.Point).ScalarMult(minusOne, p)
	return q.Equal(new(edwards25519.Point).Negate(p)) == 1
}
