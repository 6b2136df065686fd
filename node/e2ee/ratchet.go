package e2ee

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"fmt"
	"io"
)

// keyPair is one's own ratchet key pair. The library's types hold the private
// keys, because making them of bytes costs as much as using them.
type keyPair struct {
	redacted

	x25519 *ecdh.PrivateKey
	mlkem  *mlkem.DecapsulationKey768
}

// newKeyPair draws 32 bytes for X25519 and 64 for ML-KEM.
func newKeyPair(rand io.Reader) (*keyPair, error) {
	var seed [secretSize + mlkem.SeedSize]byte
	defer clear(seed[:])
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return nil, fmt.Errorf("e2ee: ratchet key: %w", err)
	}
	return loadKeyPair(seed[:secretSize], seed[secretSize:])
}

// loadKeyPair makes a pair of an X25519 scalar and an ML-KEM seed, which stay
// the caller's to clear.
func loadKeyPair(scalar, seed []byte) (*keyPair, error) {
	x, err := ecdh.X25519().NewPrivateKey(scalar)
	if err != nil {
		return nil, fmt.Errorf("e2ee: ratchet key: %w", err)
	}
	k, err := mlkem.NewDecapsulationKey768(seed)
	if err != nil {
		return nil, fmt.Errorf("e2ee: ratchet key: %w", err)
	}
	return &keyPair{x25519: x, mlkem: k}, nil
}

// appendPublic appends both public keys.
func (k *keyPair) appendPublic(b []byte) []byte {
	b = append(b, k.x25519.PublicKey().Bytes()...)
	return append(b, k.mlkem.EncapsulationKey().Bytes()...)
}

// peerKeys are the other side's public ratchet keys.
type peerKeys struct {
	x25519 *ecdh.PublicKey
	mlkem  *mlkem.EncapsulationKey768
}

// parsePeerKeys reads both keys at the start of b. It returns ErrMalformed.
func parsePeerKeys(b []byte) (*peerKeys, error) {
	if len(b) < partKeysSize {
		return nil, fmt.Errorf("%w: ratchet keys of %d bytes", ErrMalformed, len(b))
	}
	if err := checkPoint(b[:pointSize]); err != nil {
		return nil, err
	}
	x, err := ecdh.X25519().NewPublicKey(b[:pointSize])
	if err != nil {
		return nil, fmt.Errorf("%w: X25519 key", ErrMalformed)
	}
	k, err := mlkem.NewEncapsulationKey768(b[pointSize:partKeysSize])
	if err != nil {
		return nil, fmt.Errorf("%w: ML-KEM encapsulation key", ErrMalformed)
	}
	return &peerKeys{x25519: x, mlkem: k}, nil
}

// encapsulator is Encaps of ML-KEM; tests give one whose randomness they choose.
type encapsulator func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte)

// ratchet is all of a session that a cell changes, but for the skipped keys
// (docs/protocol.md, "The ratchet"). It is small: who may fail works on a copy.
// What it points to never changes.
type ratchet struct {
	redacted

	root       secret
	nextSend   secret // header key of the next sending chain
	nextRecv   secret // header key of the next receiving chain
	own        *keyPair
	peer       *peerKeys
	send, recv chain
	previous   uint32 // cells in the sending chain before this one
}

// wipe clears the keys of a copy that is no longer needed.
func (r *ratchet) wipe() {
	for _, key := range []*secret{
		&r.root, &r.nextSend, &r.nextRecv, &r.send.key, &r.send.header, &r.recv.key, &r.recv.header,
	} {
		key.Wipe()
	}
	r.own = nil
}

// sendingStep begins a new sending chain with a new key pair. There must be
// keys of the peer's, and no own pair.
func (r *ratchet) sendingStep(rand io.Reader, encapsulate encapsulator) error {
	own, err := newKeyPair(rand)
	if err != nil {
		return err
	}
	dh, err := own.x25519.ECDH(r.peer.x25519)
	if err != nil {
		return fmt.Errorf("e2ee: ratchet step: %w", err)
	}
	defer clear(dh)
	kem, ciphertext := encapsulate(r.peer.mlkem)
	defer clear(kem)
	sent := new(part)
	copy(sent[copy(sent[:], own.appendPublic(nil)):], ciphertext)
	keys, err := deriveStep(&r.root, dh, kem, sent, r.peer.x25519.Bytes(), r.peer.mlkem.Bytes())
	if err != nil {
		return err
	}
	defer keys.wipe()
	r.own, r.root, r.previous = own, keys.root, r.send.n
	r.send = chain{key: keys.chain, header: r.nextSend, part: sent, first: r.send.first + uint64(r.send.n)}
	r.nextSend = keys.nextHeader
	return nil
}

// receivingStep begins the receiving chain whose cells have the ratchet part
// received, and ends the sending chain, which the peer has seen. The chain
// received so far must have been stepped to its end. It returns ErrMalformed.
func (r *ratchet) receivingStep(received *part) error {
	peer, err := parsePeerKeys(received[:])
	if err != nil {
		return err
	}
	dh, err := r.own.x25519.ECDH(peer.x25519)
	if err != nil {
		return fmt.Errorf("%w: X25519 key", ErrMalformed)
	}
	defer clear(dh)
	// A ciphertext made for another key gives another secret, not an error (FIPS
	// 203, section 6.3): then the cell does not open.
	kem, err := r.own.mlkem.Decapsulate(received.ciphertext())
	if err != nil {
		return fmt.Errorf("%w: ML-KEM ciphertext", ErrMalformed)
	}
	defer clear(kem)
	keys, err := deriveStep(&r.root, dh, kem, received, r.send.part.point(), r.send.part.encapsulationKey())
	if err != nil {
		return err
	}
	defer keys.wipe()
	r.peer, r.root = peer, keys.root
	r.recv = chain{key: keys.chain, header: r.nextRecv, part: received, first: r.recv.first + uint64(r.recv.n)}
	r.nextRecv = keys.nextHeader
	r.own = nil
	r.send.end()
	return nil
}
