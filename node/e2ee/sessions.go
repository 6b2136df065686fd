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
	// MaxSessionAge is for how long a session is kept that is worse than the best
	// confirmed one and is not used: cells may still be under way.
	MaxSessionAge = 30 * 24 * time.Hour
)

// Sessions are all sessions with one contact (docs/protocol.md, "Several sessions
// with one contact"). Both sides put them in the same order, so simultaneous
// handshakes, and one with a contact who lost everything, end with both sealing
// under the same session, and cells that were sealed under another still open as
// long as that is kept. The zero value has none. It is not safe for concurrent
// use.
//
// Whoever cannot store a change takes it back by working on a [Sessions.Clone]
// until it is stored.
type Sessions struct {
	redacted

	sorted []*Session // the best first
}

// Sealed is a cell to be sent. It is printed as [Opened] is.
type Sealed struct {
	redacted

	// Cell is what to send. The caller owns it.
	Cell []byte
	// Session names the session that it was sealed under.
	Session SessionID
	// Number is the place of the cell among all that were sealed in the session,
	// from 0: what [Opened] has at the other side.
	Number uint64
	// Pending: the cell must be sent on the connection of the session's handshake,
	// behind message 3, and on no other: nobody could open it.
	Pending bool
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
// one that was loaded, all of those first. The session is theirs from then on:
// what is sealed under it directly is not counted as use. If there are too many,
// one is closed, and its name returned: its saved form shall be deleted in the
// transaction that saves the new one. A second copy of one that is there already
// is closed and not added. It fails with ErrState if the session is closed.
func (s *Sessions) Add(session *Session, now time.Time) ([]SessionID, error) {
	if session == nil || !session.open {
		return nil, ErrState
	}
	if there := s.Get(session.id); there != nil {
		if there != session {
			session.Close()
		}
		return nil, nil
	}
	if session.used == 0 {
		session.use(now)
	}
	i, _ := slices.BinarySearchFunc(s.sorted, session, func(a, b *Session) int {
		if a.better(b) {
			return -1
		}
		return 1
	})
	s.sorted = slices.Insert(s.sorted, i, session)
	if len(s.sorted) <= MaxSessions {
		return nil, nil
	}
	return []SessionID{s.remove(s.leastUsed(session))}, nil
}

// leastUsed returns the index of the session that can go for another. Neither the
// one in use can, nor the one that will be if that is suspended, nor those under
// which the other side may seal: the best, and the one that it is known to fall
// back to, which only goes if nothing else is left.
func (s *Sessions) leastUsed(added *Session) int {
	inUse, fallback, settled, out := s.inUse(), s.fallback(), s.first((*Session).settled), -1
	for i := len(s.sorted) - 1; i > 0; i-- {
		if i == inUse || i == fallback || i == settled || s.sorted[i] == added {
			continue
		}
		if out < 0 || s.sorted[i].used < s.sorted[out].used {
			out = i
		}
	}
	if out < 0 {
		return settled
	}
	return out
}

// settled reports whether the peer is known to be able to seal under the session
// for good. A responder always is; an initiator is once it has opened a cell, which
// its second chain shows.
func (s *Session) settled() bool {
	return s.open && s.confirmed && (s.role == initiator || s.ratchet.recv.first > 0)
}

// use notes that the session was sealed or opened under.
func (s *Session) use(now time.Time) {
	s.used = seconds(now)
	s.unsaved = true
}

// remove closes the session at index i.
func (s *Sessions) remove(i int) SessionID {
	id := s.sorted[i].id
	s.sorted[i].Close()
	s.sorted = slices.Delete(s.sorted, i, i+1)
	return id
}

// InUse returns the session that the next cell is sealed under, if there is one.
func (s *Sessions) InUse() (id SessionID, ok bool) {
	if i := s.inUse(); i < len(s.sorted) {
		return s.sorted[i].id, true
	}
	return id, false
}

// inUse returns the index of the best usable session, or one behind all if none is.
func (s *Sessions) inUse() int { return s.first((*Session).usable) }

// fallback returns the index of the best session that is usable whatever becomes
// of connections, or one behind all if none is.
func (s *Sessions) fallback() int {
	return s.first(func(session *Session) bool { return session.open && session.confirmed })
}

// first returns the index of the best session that matches, or one behind all.
func (s *Sessions) first(match func(*Session) bool) int {
	if i := slices.IndexFunc(s.sorted, match); i >= 0 {
		return i
	}
	return len(s.sorted)
}

// Expire closes the sessions that are worse than the best confirmed one and were not
// used for MaxSessionAge, and returns which: their saved form shall be deleted. In the
// others it forgets the keys of cells that have been missing for MaxSkippedAge. It
// shall be called every day or so. What goes, goes for good: a clock that is far
// ahead by mistake does harm.
func (s *Sessions) Expire(now time.Time) []SessionID {
	var gone []SessionID
	fallback := s.fallback()
	for i := len(s.sorted) - 1; i >= 0; i-- {
		session := s.sorted[i]
		if i > fallback && seconds(now)-session.used > int64(MaxSessionAge/time.Second) {
			gone = append(gone, s.remove(i))
			continue
		}
		session.expire(seconds(now))
	}
	return gone
}

// Generation returns what to propose in the next handshake with the contact.
func (s *Sessions) Generation() uint64 {
	if len(s.sorted) == 0 {
		return 1
	}
	return min(s.sorted[0].generation, MaxGeneration-1) + 1
}

// Suspend says that the connection of the session's handshake is gone, or that
// message 3 was never sent. Unless a
// cell has been opened under it, nothing more is sealed under it until one is,
// because the peer may not have it; what was sealed under it shall be sealed
// again. It reports whether it suspended the session.
func (s *Sessions) Suspend(id SessionID) bool {
	session := s.Get(id)
	if session == nil || session.confirmed {
		return false
	}
	session.suspended = true
	return true
}

// Seal encrypts content under the best usable session, which shall be saved before
// the cell leaves. It fails with ErrNoSession or as [Session.Seal] does.
func (s *Sessions) Seal(content []byte, now time.Time) (*Sealed, error) {
	for _, session := range s.sorted {
		if !session.usable() {
			continue
		}
		cell, err := session.Seal(content)
		if err != nil {
			return nil, err
		}
		session.use(now)
		return &Sealed{
			Cell: cell, Session: session.id, Number: session.Sealed() - 1, Pending: !session.confirmed,
		}, nil
	}
	return nil, ErrNoSession
}

// Open decrypts a cell under whichever session it belongs to; [Opened] tells
// which: it shall be saved before anything is confirmed. It fails as
// [Session.Open] does.
func (s *Sessions) Open(cell []byte, now time.Time) (*Opened, error) {
	for _, session := range s.sorted {
		opened, err := session.Open(cell, now)
		switch {
		case err == nil:
			session.use(now)
			return opened, nil
		case !errors.Is(err, ErrDecrypt) && !errors.Is(err, ErrState):
			return nil, err
		}
	}
	return nil, ErrDecrypt
}

// Get returns a session, to be saved, or nil. It stays among the others.
func (s *Sessions) Get(id SessionID) *Session {
	for _, session := range s.sorted {
		if session.id == id {
			return session
		}
	}
	return nil
}

// IDs returns the names of all sessions, the best first.
func (s *Sessions) IDs() []SessionID { return s.those(func(*Session) bool { return true }) }

// Unsaved returns the names of those that have changed since they were saved.
func (s *Sessions) Unsaved() []SessionID {
	return s.those(func(session *Session) bool { return session.unsaved })
}

func (s *Sessions) those(match func(*Session) bool) []SessionID {
	var ids []SessionID
	for _, session := range s.sorted {
		if match(session) {
			ids = append(ids, session.id)
		}
	}
	return ids
}

// Clone returns sessions of their own with the same state. Of the original and the
// clone one has to be closed, unused.
func (s *Sessions) Clone() *Sessions {
	c := &Sessions{sorted: make([]*Session, len(s.sorted))}
	for i, session := range s.sorted {
		c.sorted[i] = session.clone()
	}
	return c
}

// Close closes all sessions.
func (s *Sessions) Close() {
	for _, session := range s.sorted {
		session.Close()
	}
	s.sorted = nil
}
