package e2ee

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"github.com/onionwire/onionwire/node/e2ee/internal/redact"
)

// Labels of the key schedule (docs/protocol.md, "Key schedule").
const (
	labelRoot           = "onionwire-e2ee-1 root key"
	labelChainInitiator = "onionwire-e2ee-1 chain key from initiator"
	labelChainResponder = "onionwire-e2ee-1 chain key from responder"
	labelSessionID      = "onionwire-e2ee-1 session id"
)

// direction says which way a cell goes. It is on no wire; it separates keys and
// is part of each cell's associated data.
type direction byte

const (
	fromInitiator direction = 1
	fromResponder direction = 2
)

// opposite returns the direction in which the peer sends.
func (d direction) opposite() direction {
	if d == fromInitiator {
		return fromResponder
	}
	return fromInitiator
}

func (d direction) chainLabel() string {
	if d == fromInitiator {
		return labelChainInitiator
	}
	return labelChainResponder
}

// rootKey combines the classical and the post-quantum secret: whoever lacks
// either learns nothing about it. The hash stands for every byte of the
// handshake, the ML-KEM key and ciphertext included.
func rootKey(k1, k2 []byte, kem *secret, handshakeHash []byte) (secret, error) {
	ikm := make([]byte, 0, 3*secretSize)
	ikm = append(ikm, k1...)
	ikm = append(ikm, k2...)
	ikm = append(ikm, kem.Bytes()...)
	defer clear(ikm)
	root, err := hkdf.Key(sha256.New, ikm, handshakeHash, labelRoot, secretSize)
	if err != nil {
		return secret{}, fmt.Errorf("e2ee: root key: %w", err)
	}
	return redact.Take(root), nil
}

// expand derives one labelled key from the root key.
func expand(root *secret, label string) (secret, error) {
	key, err := hkdf.Expand(sha256.New, root.Bytes(), label, secretSize)
	if err != nil {
		return secret{}, fmt.Errorf("e2ee: derive key: %w", err)
	}
	return redact.Take(key), nil
}

// chain is the symmetric key chain of one direction (Double Ratchet,
// "Symmetric-key ratchet"). Because each step is one-way and the old key is
// overwritten, a key stolen later opens nothing earlier.
type chain struct {
	key   secret
	count uint64 // cells so far
}

// next returns the key of the next cell and the chain after it (Double Ratchet,
// "Recommended cryptographic algorithms", KDF_CK), leaving the chain itself as
// it is.
func (c *chain) next() (cellKey secret, after chain) {
	return c.derive(1), chain{key: c.derive(2), count: c.count + 1}
}

func (c *chain) derive(constant byte) secret {
	mac := hmac.New(sha256.New, c.key.Bytes())
	mac.Write([]byte{constant})
	return redact.Take(mac.Sum(nil))
}

// advance replaces the chain by the one after it, which stays the caller's to
// clear.
func (c *chain) advance(after *chain) {
	c.key.Wipe()
	*c = *after
}
