package e2ee

import (
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// Session seals and opens the cells of one conversation. Cells must be opened
// in the order they were sealed, none missing. It is not safe for concurrent
// use, not even Seal beside Open. Its zero value refuses everything.
type Session struct {
	redacted

	open       bool
	rand       io.Reader
	sends      direction
	send, recv chain
	id         [secretSize]byte
}

// newSession derives both chains from the root key, which stays the caller's to
// clear. sends is the direction of our own cells.
func newSession(root *secret, sends direction, rand io.Reader) (*Session, error) {
	s := &Session{open: true, rand: rand, sends: sends}
	var err error
	if s.send.key, err = expand(root, sends.chainLabel()); err != nil {
		return nil, err
	}
	if s.recv.key, err = expand(root, sends.opposite().chainLabel()); err != nil {
		return nil, err
	}
	id, err := expand(root, labelSessionID)
	if err != nil {
		return nil, err
	}
	s.id = [secretSize]byte(id.Bytes())
	return s, nil
}

// Seal encrypts content, up to MaxContent bytes, into the next cell, whose
// length is a multiple of CellSize and which the caller owns. It fails with
// ErrTooLarge, ErrExhausted, ErrState after Close, or the error of the random
// source; a failed Seal changes nothing.
func (s *Session) Seal(content []byte) ([]byte, error) {
	switch {
	case !s.open:
		return nil, ErrState
	case len(content) > MaxContent:
		return nil, ErrTooLarge
	case s.send.count >= MaxCells:
		return nil, ErrExhausted
	}
	cell := make([]byte, cellLen(len(content)))
	// A key is used once, so a fixed nonce would do; a random one keeps the cells
	// of a state that was copied and used twice from sharing a key stream.
	nonce := cell[:nonceSize]
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return nil, fmt.Errorf("e2ee: nonce: %w", err)
	}
	key, after := s.send.next()
	defer key.Wipe()
	defer after.key.Wipe()
	aead, err := chacha20poly1305.NewX(key.Bytes())
	if err != nil {
		return nil, fmt.Errorf("e2ee: cell: %w", err)
	}
	plain := cell[nonceSize : len(cell)-tagSize]
	pad(plain, content)
	//nolint:gosec // the nonce was read from the random source above
	aead.Seal(plain[:0], nonce, plain, associatedData(s.sends, s.send.count))
	s.send.advance(&after)
	return cell, nil
}

// Open decrypts the next cell from the peer and returns its content, which the
// caller owns; the cell is not kept. It fails with ErrMalformed, ErrDecrypt,
// ErrExhausted, or ErrState after Close. A failed Open changes nothing: the cell
// that was due still opens.
func (s *Session) Open(cell []byte) ([]byte, error) {
	switch {
	case !s.open:
		return nil, ErrState
	case !validCellLen(len(cell)):
		return nil, fmt.Errorf("%w: cell has %d bytes", ErrMalformed, len(cell))
	case s.recv.count >= MaxCells:
		return nil, ErrExhausted
	}
	key, after := s.recv.next()
	defer key.Wipe()
	defer after.key.Wipe()
	aead, err := chacha20poly1305.NewX(key.Bytes())
	if err != nil {
		return nil, fmt.Errorf("e2ee: cell: %w", err)
	}
	ad := associatedData(s.sends.opposite(), s.recv.count)
	plain, err := aead.Open(nil, cell[:nonceSize], cell[nonceSize:], ad)
	if err != nil {
		return nil, ErrDecrypt
	}
	content, err := unpad(plain)
	if err != nil {
		clear(plain)
		return nil, err
	}
	s.recv.advance(&after)
	return content, nil
}

// SessionID returns a value that is the same on both sides and different in
// every session. It is not secret and says nothing about the keys: it is for
// logs, tests and channel binding. It survives Close.
func (s *Session) SessionID() [32]byte { return s.id }

// Close clears the keys. Closing twice is harmless.
func (s *Session) Close() {
	s.send.key.Wipe()
	s.recv.key.Wipe()
	s.open = false
}
