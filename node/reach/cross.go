package reach

import "time"

// patience is how much longer than a first word, and the answer to it, are under way
// in the worst case. It is how long the lower side waits for a link of its own that
// is not heard when another is, and how long after an older link was first heard a
// newer one can have crossed it.
const patience = 10 * time.Second

// loser is which of two links has to go that are both heard. The older comes first.
func (c *contact) loser(older, newer *link) *link {
	crossed := older.outbound != newer.outbound && newer.up.Before(older.proven.Add(patience))
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
			at = at.Add(patience)
		}
		return at, true
	case c.wanted() && l.id == c.current:
		return time.Time{}, false
	default:
		return l.used.Add(IdleAfter), true
	}
}
