package e2ee

import (
	"crypto/mlkem"
	"io"

	"github.com/onionwire/onionwire/node/e2ee/internal/redact"
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

// SetCounts moves the counters of a session's chains, which tests cannot reach
// by sealing 2^32 cells.
func SetCounts(s *Session, send, recv uint32) {
	s.ratchet.send.n, s.ratchet.recv.n = send, recv
}

// StateOf returns all of a session that is saved, unencrypted.
func StateOf(s *Session) []byte { return s.encode() }

// ChainStep takes one step of a chain.
func ChainStep(key [32]byte) (cell, next [32]byte) {
	k := redact.Take(key[:])
	c, n := chainStep(&k)
	return [32]byte(c.Bytes()), [32]byte(n.Bytes())
}
