package reach

import (
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// LinkID names a link. Whoever drives the plan makes it up and uses it once. It is
// never 0.
type LinkID uint64

// maxLinksEach is how many links there are with a contact: one, the one that crosses
// it, and another in place of one that the other side has lost.
const maxLinksEach = 3

// link is an open link.
type link struct {
	id       LinkID
	contact  *contact
	outbound bool
	// up is when it came up, used when it was last of use.
	up, used time.Time
	// heard is whether something authentic has come back, first at proven.
	heard  bool
	proven time.Time
}

// LinkUp says that there is a link, on which nothing has been heard yet; outbound that
// we have opened it. That ends a dial of ours.
func (p *Plan) LinkUp(now time.Time, id LinkID, of ledger.ContactID, outbound bool) {
	p.advance(now)
	c := p.contacts[of]
	if c == nil {
		p.order(Close{Link: id})
		return
	}
	if p.links[id] != nil {
		return
	}
	if outbound {
		c.dials, c.final = false, false
	}
	if len(c.links) == 0 {
		p.makeRoom(c)
	} else if len(c.links) == maxLinksEach {
		oldest := slices.IndexFunc(c.links, func(l *link) bool { return !l.heard })
		p.close(c, c.links[oldest], false)
	}
	l := &link{id: id, contact: c, outbound: outbound, up: now, used: now}
	p.links[id] = l
	c.links = append(c.links, l)
	p.settle(c)
	p.dial()
}

// Heard says that something authentic has come back on a link: a cell, or a ping.
func (p *Plan) Heard(now time.Time, id LinkID) {
	p.advance(now)
	l := p.links[id]
	if l == nil || l.heard {
		return
	}
	c := l.contact
	l.heard, l.proven = true, now
	c.answered()
	var heard []*link
	for _, l := range c.links {
		if l.heard {
			heard = append(heard, l)
		}
	}
	if len(heard) == 2 {
		p.close(c, c.loser(heard[0], heard[1]), true)
	}
	p.settle(c)
	p.dial()
}

// Used says that a link was of use: a cell with something in it has come or gone.
func (p *Plan) Used(now time.Time, id LinkID) {
	p.advance(now)
	if l := p.links[id]; l != nil {
		l.used = now
	}
}

// LinkDown says that a link is lost, whoever has closed it.
func (p *Plan) LinkDown(now time.Time, id LinkID) {
	p.advance(now)
	l := p.links[id]
	if l == nil {
		return
	}
	c := l.contact
	p.forget(c, l)
	// An unheard link of theirs was not our try, and another of ours is the next.
	if (l.heard || l.outbound) && c.wanted() && c.heard() == nil && !c.tries() {
		c.broken++
		p.retry(c)
	}
	p.settle(c)
	p.dial()
}

// Current is the link to write on.
func (p *Plan) Current(id ledger.ContactID) (LinkID, bool) {
	if c := p.contacts[id]; c != nil && c.current != 0 {
		return c.current, true
	}
	return 0, false
}

// Online reports whether the contact is there: something was heard on a link that is
// open. Whoever drives the plan closes links on which pings do not come back.
func (p *Plan) Online(id ledger.ContactID) bool {
	c := p.contacts[id]
	return c != nil && c.online
}

// heard is the link of the contact that is heard, if there is one.
func (c *contact) heard() *link {
	if i := slices.IndexFunc(c.links, func(l *link) bool { return l.heard }); i >= 0 {
		return c.links[i]
	}
	return nil
}

// tries reports whether there is a link of ours that may yet be heard.
func (c *contact) tries() bool {
	return slices.ContainsFunc(c.links, func(l *link) bool { return l.outbound && !l.heard })
}

func (p *Plan) close(c *contact, l *link, orderly bool) {
	p.forget(c, l)
	// Nothing shall be written on it when it closes.
	p.tell(c)
	p.order(Close{l.id, orderly})
}

func (p *Plan) forget(c *contact, l *link) {
	if l.heard && p.now.Sub(l.up) >= lasting {
		c.broken = 0
	}
	delete(p.links, l.id)
	c.links = slices.DeleteFunc(c.links, func(other *link) bool { return other == l })
}

// tell tells what has changed about the contact.
func (p *Plan) tell(c *contact) {
	heard := c.heard()
	var current LinkID
	if heard != nil {
		current = heard.id
	} else if n := len(c.links); n > 0 {
		current = c.links[n-1].id
	}
	if c.current != current {
		c.current = current
		p.order(Switch{c.id, current})
	}
	if online := heard != nil; c.online != online {
		c.online = online
		p.order(Presence{c.id, online})
	}
}
