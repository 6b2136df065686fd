package reference

import (
	"bytes"
	"slices"
)

// Section "Several sessions with one contact".

// Better tells whether a goes before b.
func Better(a, b *Session) bool {
	if a.Generation != b.Generation {
		return a.Generation > b.Generation
	}
	return bytes.Compare(a.ID, b.ID) < 0
}

// Order sorts sessions, the best first.
func Order(sessions []*Session) {
	slices.SortFunc(sessions, func(a, b *Session) int {
		if Better(a, b) {
			return -1
		}
		return 1
	})
}

// InUse returns the best usable session, or nil.
func InUse(sessions []*Session, usable func(*Session) bool) *Session {
	var found *Session
	for _, s := range sessions {
		if usable(s) && (found == nil || Better(s, found)) {
			found = s
		}
	}
	return found
}

// Excess returns the session that is erased when there are more than MaxSessions,
// or nil: the last use of all others that may go is less long ago, or as long and
// they are better.
func Excess(sessions []*Session, newest *Session, usable func(*Session) bool) *Session {
	if len(sessions) <= MaxSessions {
		return nil
	}
	ordered := slices.Clone(sessions)
	Order(ordered)
	var gone *Session
	keep := []*Session{newest, ordered[0], InUse(sessions, usable), InUse(sessions, confirmed), InUse(sessions, settled)}
	for _, s := range ordered {
		if slices.Contains(keep, s) {
			continue
		}
		if gone == nil || s.Used <= gone.Used {
			gone = s
		}
	}
	if gone == nil {
		return InUse(sessions, settled)
	}
	return gone
}

// settled tells that the initiator is known to have opened a cell: it has begun a
// second chain.
func settled(s *Session) bool {
	return s.Confirmed && (s.Initiator || s.ReceivingBase > 0)
}

func confirmed(s *Session) bool { return s.Confirmed }

// Expired returns the sessions that are erased at a time because they are worse
// than the best confirmed one and were not used for too long, the best first.
func Expired(sessions []*Session, now uint64) []*Session {
	fallback := InUse(sessions, confirmed)
	ordered := slices.Clone(sessions)
	Order(ordered)
	return slices.DeleteFunc(ordered, func(s *Session) bool {
		return fallback == nil || s == fallback || Better(s, fallback) || now <= s.Used+MaxSessionAge
	})
}

// NextGeneration is what the next handshake proposes.
func NextGeneration(sessions []*Session) uint64 {
	highest := uint64(0)
	for _, s := range sessions {
		highest = max(highest, s.Generation)
	}
	return min(highest, MaxGeneration-1) + 1
}
