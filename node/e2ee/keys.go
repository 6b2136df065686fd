package e2ee

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// Labels of the key schedule (docs/protocol.md, "Constants").
const (
	labelInitial             = "onionwire-e2ee-2 initial secret"
	labelRoot                = "onionwire-e2ee-2 root key"
	labelFirstChain          = "onionwire-e2ee-2 first chain key"
	labelFirstHeader         = "onionwire-e2ee-2 first header key"
	labelNextHeaderInitiator = "onionwire-e2ee-2 next header key from initiator"
	labelNextHeaderResponder = "onionwire-e2ee-2 next header key from responder"
	labelSessionID           = "onionwire-e2ee-2 session id"
	labelRatchet             = "onionwire-e2ee-2 ratchet"
)

// initialKeys are what both sides have in common after a handshake
// (docs/protocol.md, "Key schedule").
type initialKeys struct {
	redacted

	root          secret
	chain, header secret // of the responder's first chain
	nextInitiator secret // header key of the initiator's first chain
	nextResponder secret // header key of the responder's second chain
	id            SessionID
}

// deriveInitial combines the classical and the post-quantum secret: whoever
// lacks either learns nothing. The hash stands for every byte of the handshake,
// the ML-KEM key and ciphertext included. The arguments stay the caller's to
// clear.
func deriveInitial(k1, k2 []byte, kem *secret, handshakeHash []byte) (*initialKeys, error) {
	ikm := make([]byte, 0, 3*secretSize)
	ikm = append(ikm, k1...)
	ikm = append(ikm, k2...)
	ikm = append(ikm, kem.Bytes()...)
	defer clear(ikm)
	initial, err := hkdf.Key(sha256.New, ikm, handshakeHash, labelInitial, secretSize)
	if err != nil {
		return nil, fmt.Errorf("e2ee: initial secret: %w", err)
	}
	defer clear(initial)
	keys := new(initialKeys)
	for label, key := range map[string]*secret{
		labelRoot:                &keys.root,
		labelFirstChain:          &keys.chain,
		labelFirstHeader:         &keys.header,
		labelNextHeaderInitiator: &keys.nextInitiator,
		labelNextHeaderResponder: &keys.nextResponder,
	} {
		b, err := hkdf.Expand(sha256.New, initial, label, secretSize)
		if err != nil {
			return nil, fmt.Errorf("e2ee: derive key: %w", err)
		}
		*key = redact.Take(b)
	}
	id, err := hkdf.Expand(sha256.New, initial, labelSessionID, len(keys.id))
	if err != nil {
		return nil, fmt.Errorf("e2ee: derive session ID: %w", err)
	}
	keys.id = SessionID(id)
	return keys, nil
}

func (k *initialKeys) wipe() {
	for _, key := range []*secret{&k.root, &k.chain, &k.header, &k.nextInitiator, &k.nextResponder} {
		key.Wipe()
	}
}

// stepKeys are what a ratchet step gives.
type stepKeys struct {
	redacted

	root, chain, nextHeader secret
}

// deriveStep mixes the results of X25519 and ML-KEM into the root key (Double
// Ratchet, section 4.3, KDF_RK_HE), bound to all public keys that are part of
// the step. The arguments stay the caller's to clear.
func deriveStep(root *secret, dh, kem []byte, sent *part, point, encapsulationKey []byte) (*stepKeys, error) {
	h := sha256.New()
	h.Write(sent[:])
	h.Write(point)
	h.Write(encapsulationKey)
	info := h.Sum([]byte(labelRatchet))
	ikm := append(append(make([]byte, 0, 2*secretSize), dh...), kem...)
	defer clear(ikm)
	out, err := hkdf.Key(sha256.New, ikm, root.Bytes(), string(info), 3*secretSize)
	if err != nil {
		return nil, fmt.Errorf("e2ee: ratchet step: %w", err)
	}
	return &stepKeys{
		root:       redact.Take(out[:secretSize]),
		chain:      redact.Take(out[secretSize : 2*secretSize]),
		nextHeader: redact.Take(out[2*secretSize:]),
	}, nil
}

func (k *stepKeys) wipe() {
	k.root.Wipe()
	k.chain.Wipe()
	k.nextHeader.Wipe()
}
