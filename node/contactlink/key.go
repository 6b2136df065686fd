package contactlink

import (
	"crypto/ed25519"
	"errors"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/onionwire/onionwire/node/internal/point"
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
	if !point.PrimeOrder(raw) {
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
