package contactlink

import (
	"bytes"
	"crypto/ed25519"
	"errors"

	"filippo.io/edwards25519"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
)

// IdentityKey returns the Ed25519 key that a peer ID is made of: the ID is the
// identity multihash of the key in libp2p's protobuf. It fails if the ID is not so
// made, or of a key that nobody can have; the error does not repeat the ID.
func IdentityKey(id peer.ID) (ed25519.PublicKey, error) {
	pub, err := id.ExtractPublicKey()
	// The same key in another encoding would be another peer ID, which nobody
	// can prove.
	if err != nil || pub.Type() != crypto.Ed25519 || !id.MatchesPublicKey(pub) {
		return nil, errors.New("the peer ID is not made of an Ed25519 key")
	}
	raw, err := pub.Raw()
	if err != nil {
		return nil, err
	}
	if !primeOrder(raw) {
		return nil, errors.New("nobody can have the key of the peer ID")
	}
	return raw, nil
}

// peerID leads back from the key of an identity.
func peerID(identity ed25519.PublicKey) (peer.ID, error) {
	pub, err := crypto.UnmarshalEd25519PublicKey(identity)
	if err != nil {
		return "", err
	}
	return peer.IDFromPublicKey(pub)
}

// minusOne is the order of the prime-order subgroup less one.
var minusOne = func() *edwards25519.Scalar {
	one := [32]byte{1}
	s, err := edwards25519.NewScalar().SetCanonicalBytes(one[:])
	if err != nil {
		panic(err)
	}
	return s.Negate(s)
}()

// primeOrder reports whether key is the one encoding (RFC 8032, section 5.1.2) of
// a point whose order is the prime order of the group, as all keys are that
// RFC 8032 makes. Tor connects to no other onion address. A key of small order
// would let everybody sign, and one with a part of small order has seven others
// beside it that its owner can pass for.
func primeOrder(key []byte) bool {
	p, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || !bytes.Equal(p.Bytes(), key) || p.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return false
	}
	// The order times the point is neutral: (order-1)·P = -P.
	q := new(edwards25519.Point).ScalarMult(minusOne, p)
	return q.Equal(new(edwards25519.Point).Negate(p)) == 1
}
