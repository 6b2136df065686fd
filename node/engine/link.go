package engine

import (
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
)

// link is a stream that carries cells.
type link struct {
	id       LinkID
	contact  *contact // nil: a stranger's
	guest    *guest
	outbound bool
	// fresh means that it began with a handshake, which made session.
	fresh   bool
	session e2ee.SessionID
	heard   bool // something has come on it that opens
	greeted bool // something was sealed for it
	owed    bool // what has come on it was not confirmed on it
	given   bool // given up by us: that nothing was heard means nothing
	// next is the sequence number of the first item that was not written on it.
	next      uint64
	unwritten int // cells that it was given and that are not written
}

// Admit says who a peer is that has opened a stream: the contact, or 0 for a
// stranger, who must begin with a handshake and then goes to StrangerUp. It fails
// with ErrBlocked.
func (e *Engine) Admit(peer []byte) (ledger.ContactID, error) {
	c := e.byPeer[string(peer)]
	switch {
	case c == nil, c.State == ledger.Deleted:
		return 0, nil
	case c.State == ledger.Blocked:
		return 0, ErrBlocked
	}
	return c.ID, nil
}

// Opening says how a link of ours to a contact has to begin.
type Opening struct {
	// Handshake: with one. Otherwise with a cell.
	Handshake bool
	// Generation is what to propose in it.
	Generation uint64
	// Known is whether to say that we know the contact.
	Known bool
}

// Opening says how to begin a link that was dialled, or one from the other side
// that begins with a handshake. It fails with ErrNoLink if a dialled one is of no use
// any more, and ErrNotFound.
func (e *Engine) Opening(id ledger.ContactID, outbound bool) (Opening, error) {
	c, err := e.loaded(id)
	if err != nil {
		return Opening{}, err
	}
	if outbound && !e.plan.MayOpen(id) {
		return Opening{}, ErrNoLink
	}
	o := Opening{
		Handshake:  true,
		Generation: c.sessions.Generation(),
		Known:      c.State == ledger.Accepted || c.State == ledger.Requested,
	}
	if inUse, ok := c.sessions.InUse(); ok && !c.handshake && !c.Forgotten {
		o.Handshake = !c.sessions.Get(inUse).Confirmed()
	}
	return o, nil
}

// LinkUp describes a new link.
type LinkUp struct {
	Link     LinkID
	Contact  ledger.ContactID
	Outbound bool
	// Session is that of the handshake that it began with, if it did.
	Session *e2ee.SessionID
}

// LinkUp adds a link with a contact. It fails with ErrNotFound or ErrBlocked, and
// then the caller closes it. Of one that is there already it changes nothing.
func (e *Engine) LinkUp(now time.Time, up LinkUp) error {
	if e.links[up.Link] != nil {
		return nil
	}
	c, err := e.loaded(up.Contact)
	if err == nil && (c.State == ledger.Blocked || c.State == ledger.Deleted) {
		err = ErrBlocked
	}
	if err != nil {
		if up.Session != nil {
			e.Suspend(up.Contact, *up.Session)
		}
		return err
	}
	l := &link{id: up.Link, contact: c, outbound: up.Outbound}
	if up.Session != nil {
		l.fresh, l.session = true, *up.Session
		delete(c.held, l.session)
	}
	e.links[l.id] = l
	e.join(now, l)
	return nil
}

// join lets a link count for its contact.
func (e *Engine) join(now time.Time, l *link) {
	l.contact.linked++
	e.plan.Add(l.contact.ID, l.contact.Peer) // a stranger, or somebody rejected who asks again
	e.plan.Guest(l.contact.ID, l.contact.guest())
	e.plan.LinkUp(now, l.id, l.contact.ID, l.outbound)
	e.touch(l.contact)
}

// Pinged says that a ping came back on the connection of a link.
func (e *Engine) Pinged(now time.Time, id LinkID) {
	if l := e.links[id]; l != nil && l.contact != nil && l.heard {
		e.plan.Heard(now, id)
	}
}

// Written says that as many cells were written on a link.
func (e *Engine) Written(id LinkID, n int) {
	if l := e.links[id]; l != nil {
		l.unwritten -= n
		if l.contact != nil {
			e.touch(l.contact)
		}
	}
}

// LinkDown says that a link has ended.
func (e *Engine) LinkDown(now time.Time, id LinkID) {
	if l := e.links[id]; l != nil {
		e.end(now, l)
	}
}

// end forgets a link.
func (e *Engine) end(now time.Time, l *link) {
	delete(e.links, l.id)
	if l.contact == nil {
		e.dismiss(l)
		return
	}
	c := l.contact
	c.linked--
	if c.current == l {
		c.current = nil
	}
	if l.fresh && c.sessions != nil {
		c.sessions.Suspend(l.session)
	}
	if l.outbound && !l.heard && !l.fresh && !l.given {
		c.handshake = true // perhaps the other side has lost the session
	}
	e.plan.LinkDown(now, l.id)
	e.touch(c)
}

// close ends a link at once.
func (e *Engine) close(now time.Time, l *link) {
	l.given = true
	e.out.Close = append(e.out.Close, Closing{Link: l.id})
	e.end(now, l)
}

// DialFailed says that a dial ended without a link. Final means that another try
// would be of no use soon, because somebody else answers.
func (e *Engine) DialFailed(now time.Time, id ledger.ContactID, final bool) {
	if c := e.contacts[id]; c != nil {
		c.urgent = false
		e.plan.DialFailed(now, id, final)
		e.touch(c)
	}
}

// Missed returns when the last dial to a contact has failed, and when the next is due (see
// [reach.Plan.Missed]).
func (e *Engine) Missed(id ledger.ContactID) (failed, next time.Time) { return e.plan.Missed(id) }

// dismiss forgets a stranger.
func (e *Engine) dismiss(l *link) {
	l.guest.sessions.Close()
	e.strangers = slices.DeleteFunc(e.strangers, func(other *link) bool { return other == l })
}
