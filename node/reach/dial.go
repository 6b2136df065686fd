package reach

import (
	"cmp"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

const (
	// MaxDials is how many contacts are dialled at a time.
	MaxDials = 10
	// urgentDials of them are kept for urgent ones: a dial to somebody who is not
	// there takes a minute or two, and a user does not wait for ten of them.
	urgentDials = 2
	// spacing is the least time between the beginnings of two dials to a contact,
	// whatever happens to links and wishes meanwhile.
	spacing = 5 * time.Second
)

// dialling is what is known about dials to a contact.
type dialling struct {
	// dials is whether a dial is under way.
	dials bool
	// dialled is when the last one began.
	dialled time.Time
	// No dial is due until wait has passed since then.
	since time.Time
	wait  time.Duration
	// failures are the dials in a row that have failed, broken the links in a row
	// that did not last.
	failures, broken int
	// final means that the last failure is not likely to mend.
	final bool
	// missed is when the last dial has failed, or zero if the contact was heard since.
	missed time.Time
}

// DialFailed says that the dial that was ordered has ended without a link. final means
// that somebody else was reached, or the like: the next dial is in a quarter of an
// hour, however urgent.
func (p *Plan) DialFailed(now time.Time, id ledger.ContactID, final bool) {
	p.advance(now)
	c := p.contacts[id]
	if c == nil || !c.dials {
		return
	}
	c.dials = false
	c.failures++
	c.final, c.missed = final, now
	p.retry(c)
	p.settle(c)
	p.dial()
}

// Missed returns when the last dial to a contact has failed, or zero if none has since the
// contact was there, and when the next is due, or zero if none is wanted or one is under
// way. One that is due waits for a place among all dials.
func (p *Plan) Missed(id ledger.ContactID) (failed, next time.Time) {
	c := p.contacts[id]
	if c == nil || c.missed.IsZero() {
		return time.Time{}, time.Time{}
	}
	if c.seeks() {
		next = c.due()
	}
	return c.missed, next
}

// Moved says that there is another address where a contact may be. What became of dials
// so far is forgotten, and one that is under way is cancelled: it does not try that
// address, and can take minutes. The contact is dialled at once, if it is wanted.
func (p *Plan) Moved(now time.Time, id ledger.ContactID) {
	p.advance(now)
	c := p.contacts[id]
	if c == nil {
		return
	}
	c.answered()
	if c.dials {
		c.dials = false
		p.order(CancelDial{c.id})
	}
	p.settle(c)
	p.dial()
}

// MayOpen reports whether the dial that was ordered, which has reached the contact, is
// still of use: a link may be opened. Otherwise the dial has failed, unless it has been
// cancelled.
func (p *Plan) MayOpen(id ledger.ContactID) bool {
	c := p.contacts[id]
	return c != nil && c.dials && p.room(c)
}

// dial orders the dials that are due and for which there is a place: urgent ones first,
// then those that have been due the longest.
func (p *Plan) dial() {
	p.outdated = true
	var due []*contact
	for _, c := range p.all {
		if c.seeks() && !p.now.Before(c.due()) {
			due = append(due, c)
		}
	}
	if len(due) == 0 {
		return
	}
	slices.SortStableFunc(due, func(a, b *contact) int {
		return cmp.Or(a.rank()-b.rank(), a.due().Compare(b.due()))
	})
	load := p.load()
	for _, c := range due {
		if load.allows(c) {
			load.add(c)
			c.dials, c.dialled = true, p.now
			p.order(Dial{c.id, c.want == Urgent})
		}
	}
}

// seeks reports whether a dial to the contact is of use. A link of ours that is not
// heard yet is as good as a dial; one of theirs may come to nothing.
func (c *contact) seeks() bool {
	return c.wanted() && !c.dials && c.heard() == nil && !c.tries()
}

// rank is the place of a contact among those to be dialled.
func (c *contact) rank() int {
	if c.want == Urgent {
		return 0
	}
	return 1
}
