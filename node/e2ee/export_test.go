package e2ee

import "github.com/onionwire/onionwire/node/e2ee/internal/redact"

// SetCounts moves the cell counters of a session, which tests cannot reach by
// sealing 2^32 cells.
func SetCounts(s *Session, send, recv uint64) {
	s.send.count, s.recv.count = send, recv
}

// NewSecret returns a value of the key type.
func NewSecret(b []byte) any { return redact.Take(append([]byte(nil), b...)) }

// CloneSession returns a copy, so that one session can be tried many times.
func CloneSession(s *Session) *Session {
	c := *s
	return &c
}
