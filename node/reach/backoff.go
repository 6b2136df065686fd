package reach

import (
	"encoding/binary"
	"io"
	"time"
)

const (
	// firstWait and lastWait are the first and the longest wait after a failure,
	// before jitter.
	firstWait = 30 * time.Second
	lastWait  = 15 * time.Minute
	// spread is the jitter, up and down.
	spread = 0.2
	// lasting is how long a link must have been there for its end to be an accident,
	// whatever was before.
	lasting = firstWait
)

// retry begins the wait for the next dial after a dial or a link has failed. The first
// link that breaks is replaced at once.
func (p *Plan) retry(c *contact) {
	c.since, c.wait = p.now, 0
	n := c.failures + max(0, c.broken-1)
	switch {
	case c.final:
		c.wait = p.jitter(lastWait)
	case n > 0:
		wait := firstWait
		for ; n > 1 && wait < lastWait; n-- {
			wait *= 2
		}
		c.wait = p.jitter(min(wait, lastWait))
	}
}

// due is when the contact may be dialled.
func (d *dialling) due() time.Time {
	at, spaced := d.since.Add(d.wait), d.dialled.Add(spacing)
	if at.Before(spaced) {
		return spaced
	}
	return at
}

// hurry cuts the wait short, as far as it makes sense.
func (d *dialling) hurry() {
	if !d.final {
		d.wait = min(d.wait, firstWait)
	}
}

// answered forgets failures: the contact is there, or may be elsewhere.
func (d *dialling) answered() {
	d.failures, d.final, d.wait, d.missed = 0, false, 0, time.Time{}
}

// jitter makes a wait shorter or longer, so that contacts who were lost
// together are not dialled together for ever.
func (p *Plan) jitter(d time.Duration) time.Duration {
	var b [4]byte
	if _, err := io.ReadFull(p.rand, b[:]); err != nil {
		return d // a wait without jitter is better than none
	}
	share := float64(binary.BigEndian.Uint32(b[:])) / (1 << 32)
	return d + time.Duration((share-0.5)*2*spread*float64(d))
}
