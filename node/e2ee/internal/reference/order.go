package reference

import (
	"bytes"
	"slices"
)

// Better tells whether a goes before b, section "Several sessions with one
// contact".
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

// Excess returns the session that is erased when there would be more than
// MaxSessions, or nil: the least of those that are neither usable nor new, or
// else the least of all.
func Excess(sessions []*Session, newest *Session, usable func(*Session) bool) *Session {
	if len(sessions) <= MaxSessions {
		return nil
	}
	ordered := slices.Clone(sessions)
	Order(ordered)
	slices.Reverse(ordered)
	for _, s := range ordered {
		if s != newest && !usable(s) {
			return s
		}
	}
	return ordered[0]
}
