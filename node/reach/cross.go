package reach

import "time"

const (
	// Patience is how long the lower side waits for a link of its own that is not
	// heard when another is: longer than the three messages of a handshake and the
	// first answer are under way on slow circuits, of three seconds each. If it were
	// shorter, it would give up a link for which the other side gives up the other.
	Patience = 15 * time.Second
	// Crossing is how long after an older link was first heard a newer one can have
	// crossed it: longer than a first word is under way.
	Crossing = 10 * time.Second
)

// loser is which of two links has to go that are both heard. The older comes first.
func (c *contact) loser(older, newer *link) *link {
	crossed := older.outbound != newer.outbound && newer.up.Before(older.proven.Add(Crossing))
	// The lower side's stays, which is ours if we are the lower side.
	if crossed && older.outbound == c.lower {
		return newer
	}
	return older
}

// yields reports whether a link of ours, which is not heard, goes because another is.
func (c *contact) yields(l *link) bool {
	return l.outbound && !l.heard && c.heard() != nil
}

// deadline is when a link has to go if nothing happens until then.
func (c *contact) deadline(l *link) (at time.Time, ok bool) {
	switch {
	case c.yields(l):
		at = c.heard().proven
		if l.up.After(at) {
			at = l.up
		}
		if c.lower {
			at = at.Add(Patience)
		}
		return at, true
	case c.wanted() && l.id == c.current:
		return time.Time{}, false
	default:
		return l.used.Add(IdleAfter), true
	}
}
