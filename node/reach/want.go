package reach

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// Want is how much a link with a contact is wanted.
type Want int

// How much a link is wanted.
const (
	// Nothing is to be said. A link that is there stays until it is idle.
	Nothing Want = iota
	// Background means that something waits, but nobody waits for it.
	Background
	// Urgent means that somebody has just said something.
	Urgent
)

// Want says how much a link with a contact is wanted, until it says otherwise. Saying
// the same again changes nothing.
//
// A contact who becomes wanted is dialled at once, unless dials have failed: then the
// wait goes on. Who becomes Urgent does not wait longer than 30 seconds after the last
// failure, unless that was final. When something more is said to somebody who is Urgent
// and not there, saying Background and Urgent again cuts the wait once more, so that a
// message costs a dial, but no more than one in 30 seconds.
func (p *Plan) Want(now time.Time, id ledger.ContactID, w Want) {
	p.advance(now)
	c := p.contacts[id]
	if c == nil || c.want == w {
		return
	}
	c.want = w
	if w == Urgent {
		c.hurry()
	}
	p.settle(c)
	p.dial()
}

// KeepConnected says whether a link with a contact is wanted whatever Want says, and
// never idle.
func (p *Plan) KeepConnected(now time.Time, id ledger.ContactID, on bool) {
	p.advance(now)
	c := p.contacts[id]
	if c == nil || c.kept == on {
		return
	}
	c.kept = on
	p.settle(c)
	p.dial()
}

// wanted reports whether a link with the contact is wanted.
func (c *contact) wanted() bool { return c.want != Nothing || c.kept }
