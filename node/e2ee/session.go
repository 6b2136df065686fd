package e2ee

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// SessionID names a session. It is the same on both sides and different in
// every session. It says nothing about the keys, but do not log it: it shows
// that two people talk to each other.
type SessionID [32]byte

// Format prints a fixed word whatever the verb.
func (SessionID) Format(s fmt.State, verb rune) { redacted{}.Format(s, verb) }

// MarshalText returns a fixed word.
func (SessionID) MarshalText() ([]byte, error) { return redacted{}.MarshalText() }

// LogValue returns a fixed word.
func (SessionID) LogValue() slog.Value { return redacted{}.LogValue() }

// role says which side of the handshake a session comes from.
type role uint8

const (
	initiator role = 1
	responder role = 2
)

// Session seals and opens the cells of one conversation, with a Double Ratchet
// whose every step is X25519 and ML-KEM-768 (docs/protocol.md, "The ratchet").
// Cells may get lost, be repeated, and arrive in any order within the bounds
// MaxJump, MaxSkipped and so on. It is not safe for concurrent use, not even
// Seal beside Open. Its zero value refuses everything.
//
// Both sides go on with a session for as long as they like, over many
// connections; [Session.Save] keeps it meanwhile. A cell must not leave before
// the session that sealed it was saved, nor a content be confirmed before the
// session that opened it was.
type Session struct {
	redacted

	open        bool
	rand        io.Reader
	encapsulate encapsulator

	role       role
	id         SessionID
	features   uint32
	generation uint64
	ratchet    *ratchet // a pointer: fmt shows an address at worst
	skipped    skippedKeys

	confirmed bool  // the peer has this session
	suspended bool  // not confirmed, and the connection is gone
	used      int64 // when Sessions last sealed or opened under it, or got it
	unsaved   bool  // it has changed since Save
}

// Opened is what a cell held. It is printed as a fixed word; within an unexported
// field of a struct that is so for the pointer only.
type Opened struct {
	redacted

	// Content is what was sealed. The caller owns it.
	Content []byte
	// Session names the session that the cell belongs to.
	Session SessionID
	// Number is the place of the cell among all that the peer has sealed in the
	// session, from 0.
	Number uint64
}

// newSession begins the session of a handshake. Of an initiator own is nil and
// received what payload 2 says; of a responder it is the other way round.
func newSession(keys *initialKeys, own *keyPair, peer *peerKeys, first *part) *Session {
	s := &Session{open: true, id: keys.id, ratchet: new(ratchet), unsaved: true}
	s.ratchet.root = keys.root
	chain := chain{key: keys.chain, header: keys.header, part: first}
	defer chain.end()
	if own == nil {
		s.role = initiator
		s.ratchet.peer, s.ratchet.recv = peer, chain
		s.ratchet.nextSend, s.ratchet.nextRecv = keys.nextInitiator, keys.nextResponder
		return s
	}
	s.role, s.confirmed = responder, true
	s.ratchet.own, s.ratchet.send = own, chain
	s.ratchet.nextSend, s.ratchet.nextRecv = keys.nextResponder, keys.nextInitiator
	return s
}

// Seal encrypts content, up to MaxContent bytes, into a cell, whose length is a
// multiple of CellSize and which the caller owns. It fails with ErrTooLarge,
// ErrExhausted, ErrState after Close, or the error of the random source; a
// failed Seal changes nothing.
func (s *Session) Seal(content []byte) ([]byte, error) {
	switch {
	case !s.open:
		return nil, ErrState
	case len(content) > MaxContent:
		return nil, ErrTooLarge
	}
	next := *s.ratchet
	defer next.wipe()
	if next.own == nil {
		if err := next.sendingStep(s.rand, s.encapsulate); err != nil {
			return nil, err
		}
	}
	if next.send.n == maxChain {
		return nil, ErrExhausted
	}
	cell := make([]byte, cellLen(len(content)))
	// The header key serves the whole chain and needs another nonce each time. A
	// cell key is used once; but if a state is copied and used twice, a random nonce
	// keeps those cells from sharing a key stream.
	if _, err := io.ReadFull(s.rand, cell[:nonceSize]); err != nil {
		return nil, fmt.Errorf("e2ee: nonce: %w", err)
	}
	if err := sealHeader(cell, &s.id, &next.send, next.previous); err != nil {
		return nil, fmt.Errorf("e2ee: header: %w", err)
	}
	key := next.send.next()
	defer key.Wipe()
	if err := sealBody(cell, &key, content); err != nil {
		return nil, fmt.Errorf("e2ee: cell: %w", err)
	}
	*s.ratchet = next
	s.unsaved = true
	return cell, nil
}

// Open decrypts a cell from the peer; the cell is not kept. The time is only
// used to forget the keys of cells that have been missing for MaxSkippedAge.
//
// It fails with ErrMalformed, ErrDecrypt, ErrRepeated, ErrGap, or ErrState after
// Close. A failed Open changes nothing else. A cell that was opened before is
// ErrRepeated as long as its chain goes on or keys of it are kept, and ErrDecrypt
// after that: so neither proves that somebody means harm.
func (s *Session) Open(cell []byte, now time.Time) (*Opened, error) {
	switch {
	case !s.open:
		return nil, ErrState
	case !validCellLen(len(cell)):
		return nil, fmt.Errorf("%w: cell has %d bytes", ErrMalformed, len(cell))
	}
	at := seconds(now)
	s.expire(at)
	opened, err := s.tryChains(cell, at)
	if err != nil {
		return nil, err
	}
	opened.Session = s.id
	s.confirmed, s.suspended, s.unsaved = true, false, true
	return opened, nil
}

// expire forgets the keys of cells that have been missing for MaxSkippedAge.
func (s *Session) expire(at int64) {
	before := s.skipped.total
	s.skipped.expire(at)
	s.unsaved = s.unsaved || s.skipped.total != before
}

// seconds gives a time in the form in which it is saved. A clock that stands
// before 1970 counts as its beginning; 0 is the time that never was.
func seconds(t time.Time) int64 { return max(t.Unix(), 1) }

// SessionID returns the name of the session. It survives Close.
func (s *Session) SessionID() SessionID { return s.id }

// Features returns the features that both sides have announced.
func (s *Session) Features() uint32 { return s.features }

// Confirmed reports whether the peer is known to have the session: for the
// responder always, for the initiator once a cell was opened.
func (s *Session) Confirmed() bool { return s.confirmed }

// Suspended reports whether nothing is sealed under the session until a cell has
// been opened under it: the initiator cannot know whether the peer has it, because
// the connection of the handshake ended before that. What was sealed under it and
// not confirmed shall be sealed again, under another session.
func (s *Session) Suspended() bool { return s.suspended }

// Sealed returns how many cells were sealed under the session: the number of the
// next one.
func (s *Session) Sealed() uint64 {
	if s.ratchet == nil {
		return 0
	}
	return s.ratchet.send.first + uint64(s.ratchet.send.n)
}

// Missing returns the numbers of the peer's cells that are known to exist, have
// not arrived, and could still be opened, in ascending order.
func (s *Session) Missing() []uint64 {
	numbers := make([]uint64, 0, s.skipped.total)
	for _, c := range s.skipped.chains {
		for i := range c.keys {
			numbers = append(numbers, c.first+uint64(c.keys[i].n))
		}
	}
	return numbers
}

// Lost returns how many of the peer's cells will never be opened, because they
// were missing for too long or too many were.
func (s *Session) Lost() uint64 { return s.skipped.lost }

// clone returns a session of its own with the same state.
func (s *Session) clone() *Session {
	c := *s
	c.ratchet = new(ratchet)
	*c.ratchet = *s.ratchet
	c.skipped.chains = make([]*skippedChain, len(s.skipped.chains))
	for i, chain := range s.skipped.chains {
		copied := *chain
		copied.keys = slices.Clone(chain.keys)
		c.skipped.chains[i] = &copied
	}
	return &c
}

// Close clears the keys. Closing twice is harmless.
func (s *Session) Close() {
	if s.ratchet != nil {
		s.ratchet.wipe()
	}
	s.skipped.wipe()
	s.open = false
}
