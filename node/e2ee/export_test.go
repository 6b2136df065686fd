package e2ee

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"io"

	"github.com/flynn/noise"
	"github.com/onionwire/onionwire/node/internal/redact"
)

// WithEncapsulation makes a handshake, and its session, take the results of
// ML-KEM encapsulation from a function.
func WithEncapsulation(c HandshakeConfig, f func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte)) HandshakeConfig {
	c.encapsulate = f
	return c
}

// WithHighest makes a handshake claim that we speak a higher version.
func WithHighest(c HandshakeConfig, version uint8) HandshakeConfig {
	c.highest = version
	return c
}

// SetRandom replaces where a session takes its random bytes from.
func SetRandom(s *Session, rand io.Reader, f func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte)) {
	s.rand, s.encapsulate = rand, f
}

// Resume makes a session pending that was suspended, as if the connection of its
// handshake were still there.
func Resume(s *Session) { s.suspended = false }

// SetCounts moves the counters of a session's chains, which tests cannot reach
// by sealing 2^32 cells.
func SetCounts(s *Session, send, recv uint32) {
	s.ratchet.send.n, s.ratchet.recv.n = send, recv
}

// StateOf returns all of a session that is saved, unencrypted.
func StateOf(s *Session) []byte { return s.encode() }

// SecretsOf returns the keys of a session themselves, not copies.
func SecretsOf(s *Session) [][]byte {
	r := s.ratchet
	keys := [][]byte{
		r.root.Bytes(), r.nextSend.Bytes(), r.nextRecv.Bytes(),
		r.send.key.Bytes(), r.send.header.Bytes(), r.recv.key.Bytes(), r.recv.header.Bytes(),
	}
	for _, c := range s.skipped.chains {
		keys = append(keys, c.header.Bytes())
		for i := range c.keys {
			keys = append(keys, c.keys[i].key.Bytes())
		}
	}
	return keys
}

// HasKeyPair reports whether a session has private ratchet keys, which are in
// types that cannot be cleared, only dropped.
func HasKeyPair(s *Session) bool { return s.ratchet.own != nil }

// KEMSecretOf returns the ML-KEM secret of a handshake itself, or nil.
func KEMSecretOf(h *Handshake) []byte {
	if h.kemSecret == nil {
		return nil
	}
	return h.kemSecret.Bytes()
}

// UntakenSession returns the session of a handshake that nobody has taken yet.
func UntakenSession(h *Handshake) *Session { return h.session }

// HoldsKeys reports whether a handshake has anything from which keys follow.
func HoldsKeys(h *Handshake) bool {
	return h.noise != nil || h.decapsulationKey != nil || h.own != nil || h.session != nil
}

// Holders are values of the types that hold secrets and are not exported, filled
// by a session and a handshake.
func Holders(s *Session, h *Handshake) map[string]any {
	keys := &initialKeys{root: s.ratchet.root, chain: s.ratchet.recv.key}
	return map[string]any{
		"ratchet":      s.ratchet,
		"chain":        s.ratchet.recv,
		"keyPair":      s.ratchet.own,
		"skippedKeys":  &s.skipped,
		"skippedChain": s.skipped.chains[0],
		"skippedKey":   s.skipped.chains[0].keys[0],
		"initialKeys":  keys,
		"stepKeys":     &stepKeys{root: s.ratchet.root},
		"decoder":      &decoder{rest: s.encode()},
		"dh":           &dh{static: h.identity.private},
		"secret":       s.ratchet.root,
	}
}

// NewDH returns our X25519 for Noise, and the key pair by which it knows the
// static key.
func NewDH(static *ecdh.PrivateKey) (noise.DHFunc, noise.DHKey) {
	return &dh{static: static}, noise.DHKey{Private: []byte(staticName), Public: static.PublicKey().Bytes()}
}

// ChainStep takes one step of a chain.
func ChainStep(key [32]byte) (cell, next [32]byte) {
	k := redact.Take(key[:])
	c, n := chainStep(&k)
	return [32]byte(c.Bytes()), [32]byte(n.Bytes())
}
