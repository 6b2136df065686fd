package e2ee

import (
	"bytes"
	"errors"
	"slices"
	"time"
)

const (
	// MaxSessions is how many sessions are kept with one contact.
	MaxSessions = 4
	// MaxSessionAge is for how long a session is kept that a better one has
	// replaced: cells may still be under way.
	MaxSessionAge = 30 * 24 * time.Hour
)

// Sessions are all sessions with one contact (docs/protocol.md, "Several sessions
// with one contact"). Both sides put them in the same order, so simultaneous
// handshakes, and one with a contact who lost everything, end with both sealing
// under the same session, and cells that were sealed under another still open.
// The zero value has none. It is not safe for concurrent use.
type Sessions struct {
	redacted

	sorted []*Session // the best first
}

// better reports whether s comes before other in the order of both sides.
func (s *Session) better(other *Session) bool {
	if s.generation != other.generation {
		return s.generation > other.generation
	}
	return bytes.Compare(s.id[:], other.id[:]) < 0
}

// usable reports whether cells may be sealed: the peer has the session, or gets
// it before them.
func (s *Session) usable() bool { return s.open && !s.suspended }

// Add puts a session among the others: one of a handshake that is complete, or
// one that was loaded. It returns the sessions that had to go for it, which are
// closed and whose saved form shall be deleted; all others shall be saved. A
// second copy of one that is there already is closed and not added.
func (s *Sessions) Add(session *Session, now time.Time) []SessionID {
	if there := s.find(session.id); there != nil {
		if there != session {
			session.Close()
		}
		return nil
	}
	i, _ := slices.BinarySearchFunc(s.sorted, session, func(a, b *Session) int {
		if a.better(b) {
			return -1
		}
		return 1
	})
	s.sorted = slices.Insert(s.sorted, i, session)
	for _, other := range s.sorted[s.inUse()+1:] {
		if other.replaced == 0 {
			other.replaced = seconds(now)
		}
	}
	if len(s.sorted) <= MaxSessions {
		return nil
	}
	out := len(s.sorted) - 1
	for i, other := range s.sorted {
		if other != session && !other.usable() {
			out = i
		}
	}
	return []SessionID{s.remove(out)}
}

// remove closes the session at index i.
func (s *Sessions) remove(i int) SessionID {
	id := s.sorted[i].id
	s.sorted[i].Close()
	s.sorted = slices.Delete(s.sorted, i, i+1)
	return id
}

// inUse returns the index of the best usable session, or that of the last one.
func (s *Sessions) inUse() int {
	for i, session := range s.sorted {
		if session.usable() {
			return i
		}
	}
	return len(s.sorted) - 1
}

// Expire closes the sessions that were replaced more than MaxSessionAge ago, and
// returns which: their saved form shall be deleted; all others shall be saved.
func (s *Sessions) Expire(now time.Time) []SessionID {
	var gone []SessionID
	inUse := s.inUse()
	for i := len(s.sorted) - 1; i >= 0; i-- {
		session := s.sorted[i]
		switch {
		case i <= inUse:
			// What had taken its place was suspended.
			session.replaced = 0
		case session.replaced == 0:
			session.replaced = seconds(now)
		case seconds(now)-session.replaced > int64(MaxSessionAge/time.Second):
			gone = append(gone, s.remove(i))
		}
	}
	return gone
}

// Generation returns what to propose in the next handshake with the contact.
func (s *Sessions) Generation() uint64 {
	if len(s.sorted) == 0 {
		return 1
	}
	return s.sorted[0].generation + 1
}

// Suspend says that the connection of the session's handshake is gone. Unless a
// cell has been opened under it, nothing more is sealed under it until one is,
// because the peer may not have it; what was sealed under it shall be sealed
// again. It reports whether that is so.
func (s *Sessions) Suspend(id SessionID) bool {
	session := s.find(id)
	if session == nil || session.confirmed {
		return false
	}
	session.suspended = true
	return true
}

// Seal encrypts content under the best usable session, and returns which one
// that is: it shall be saved before the cell leaves. It fails with ErrNoSession
// or as [Session.Seal] does.
func (s *Sessions) Seal(content []byte) (SessionID, []byte, error) {
	for _, session := range s.sorted {
		if session.usable() {
			cell, err := session.Seal(content)
			return session.id, cell, err
		}
	}
	return SessionID{}, nil, ErrNoSession
}

// Open decrypts a cell under whichever session it belongs to; [Opened] tells
// which: it shall be saved before anything is confirmed. It fails as
// [Session.Open] does.
func (s *Sessions) Open(cell []byte, now time.Time) (Opened, error) {
	for _, session := range s.sorted {
		opened, err := session.Open(cell, now)
		if !errors.Is(err, ErrDecrypt) {
			return opened, err
		}
	}
	return Opened{}, ErrDecrypt
}

// Get returns a session, to be saved, or nil. It stays among the others.
func (s *Sessions) Get(id SessionID) *Session { return s.find(id) }

// IDs returns the names of all sessions, the best first.
func (s *Sessions) IDs() []SessionID {
	ids := make([]SessionID, len(s.sorted))
	for i, session := range s.sorted {
		ids[i] = session.id
	}
	return ids
}

// Close closes all sessions.
func (s *Sessions) Close() {
	for _, session := range s.sorted {
		session.Close()
	}
	s.sorted = nil
}

func (s *Sessions) find(id SessionID) *Session {
	for _, session := range s.sorted {
		if session.id == id {
			return session
		}
	}
	return nil
}
