package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// NewContact is somebody to be asked.
type NewContact struct {
	Peer []byte
	// Addresses are where the contact can be reached, at least one.
	Addresses []ledger.Address
	// Name is what the contact calls itself, Alias what we call it.
	Name, Alias string
	// Introduction is what to say in the request, up to 500 characters.
	Introduction string
	// Invite came with the link, 16 bytes, or nothing.
	Invite []byte
}

// AddContact asks somebody to become a contact, or accepts somebody who has asked.
// It fails with ErrInvalid, ErrBlocked, and with ErrExists, beside the number, if it
// is a contact already or was asked: it is then tried at those addresses, too, until it
// tells its own.
func (e *Engine) AddContact(now time.Time, n NewContact) (ledger.ContactID, error) {
	if string(n.Peer) == string(e.cfg.Peer) {
		return 0, fmt.Errorf("%w: this is ourselves", ErrInvalid)
	}
	request := e.request(n.Introduction, n.Invite)
	for _, body := range []wire.Body{request, addresses(n.Addresses), wire.Profile{Name: n.Name}, wire.Profile{Name: n.Alias}} {
		if _, err := encode(body); err != nil {
			return 0, err
		}
	}
	if len(n.Peer) == 0 || len(n.Peer) > maxPeer {
		return 0, fmt.Errorf("%w: a peer ID of %d bytes", ErrInvalid, len(n.Peer))
	}
	c := e.byPeer[string(n.Peer)]
	if c == nil {
		c = &contact{Contact: ledger.Contact{Peer: slices.Clone(n.Peer)}}
		if err := e.newcomer(c); err != nil {
			return 0, err
		}
	}
	known := c.State == ledger.Accepted || c.State == ledger.Requested
	switch {
	case c.State == ledger.Blocked:
		return c.ID, ErrBlocked
	case c.State == ledger.Asking:
		c.Alias = cmp.Or(n.Alias, c.Alias)
		return c.ID, e.AcceptContact(now, c.ID)
	case known && !c.Forgotten:
		if c.called(c.Name, c.candidates(n.Addresses)) {
			e.put(now, c)
			e.plan.Moved(now, c.ID)
		}
		return c.ID, ErrExists
	}
	c.Addresses, c.Invite = c.candidates(n.Addresses), n.Invite
	c.Name, c.Introduction = cmp.Or(n.Name, c.Name), n.Introduction
	c.Alias = cmp.Or(n.Alias, c.Alias)
	c.Forgotten, c.urgent = false, true
	e.setState(now, c, ledger.Requested)
	e.plan.Moved(now, c.ID)
	e.converse(now, c)
	return c.ID, e.ask(c, request)
}

// candidates are the addresses of a contact with those of a link. A link can be old, or
// made up: what the contact has told itself comes first, and is not given up for it. Of an
// address that both name, the key is that of the link, if it has one: there can be one
// only, and the user has just got this.
func (c *contact) candidates(link []ledger.Address) []ledger.Address {
	first, second := c.Addresses, link
	if c.State == ledger.Requested { // it has told nothing yet
		first, second = link, c.Addresses
	}
	all := slices.Clone(first)
	for _, a := range second {
		if place(all, a) < 0 && len(all) < wire.MaxAddresses {
			all = append(all, a)
		}
	}
	for _, known := range [][]ledger.Address{c.Addresses, link} {
		for _, a := range known {
			if i := place(all, a); i >= 0 && len(a.ClientKey) > 0 {
				all[i].ClientKey = a.ClientKey
			}
		}
	}
	return all
}

// place returns where an onion service is among addresses, or -1.
func place(all []ledger.Address, a ledger.Address) int {
	return slices.IndexFunc(all, func(b ledger.Address) bool { return a.Onion == b.Onion && a.Port == b.Port })
}

// AskAgain asks somebody once more who has not answered, or says that it does not know
// us. It fails with ErrNotFound, ErrBlocked, ErrNotContact if it was never asked, or
// ErrExists if there is nothing to ask.
func (e *Engine) AskAgain(now time.Time, id ledger.ContactID) error {
	c, err := e.contactOf(id)
	switch {
	case err != nil:
		return err
	case c.State == ledger.Blocked:
		return ErrBlocked
	case c.State == ledger.Requested:
	case c.State == ledger.Accepted && c.Forgotten:
		c.Introduction, c.Invite = "", nil // the words may be theirs
	case c.State == ledger.Accepted:
		return ErrExists
	default:
		return fmt.Errorf("%w: it was never asked", ErrNotContact)
	}
	c.Forgotten, c.urgent = false, true
	e.setState(now, c, ledger.Requested)
	e.converse(now, c)
	return e.ask(c, e.request(c.Introduction, c.Invite))
}

// newcomer gives a contact a number and its place.
func (e *Engine) newcomer(c *contact) error {
	e.counters.Contact++
	c.ID = e.counters.Contact
	e.know(c)
	return e.restream(c)
}

// request is what we say to somebody who does not know us.
func (e *Engine) request(introduction string, invite []byte) wire.Request {
	return wire.Request{
		Name: e.settings.Name, Introduction: introduction, Invite: invite, Addresses: addresses(e.cfg.Addresses),
	}
}

// ask puts a request before all that waits for a contact. What the contact has not
// confirmed gets new places behind it.
func (e *Engine) ask(c *contact, request wire.Request) error {
	if len(c.queue) > 0 && c.queue[0].Kind == ledger.Asks {
		if c.left(0) {
			c.streams.Base++ // what is behind it has not, perhaps
		}
		e.remove(c.queue[0])
	}
	if err := e.restream(c); err != nil {
		return err
	}
	if c.streams.Sent > 0 {
		c.streams.Sent++ // what has left moves back by one
	}
	return e.enqueue(c, ledger.Item{Kind: ledger.Asks}, request)
}

// AcceptContact accepts somebody who has asked. It fails with ErrNotFound or
// ErrNotContact.
func (e *Engine) AcceptContact(now time.Time, id ledger.ContactID) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	if c.State != ledger.Asking && c.State != ledger.Rejected {
		return fmt.Errorf("%w: it has not asked", ErrNotContact)
	}
	return e.accept(now, c)
}

// accept makes somebody a contact, and tells it.
func (e *Engine) accept(now time.Time, c *contact) error {
	e.setState(now, c, ledger.Accepted)
	e.converse(now, c)
	c.urgent = true
	return e.say(c, e.acceptance())
}

func (e *Engine) acceptance() wire.Accept {
	return wire.Accept{Name: e.settings.Name, Addresses: addresses(e.cfg.Addresses)}
}

// RejectContact says no to somebody who has asked, who does not hear of it and can
// ask again a day later. It fails with ErrNotFound or ErrNotContact.
func (e *Engine) RejectContact(now time.Time, id ledger.ContactID) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	if c.State != ledger.Asking {
		return fmt.Errorf("%w: it has not asked", ErrNotContact)
	}
	e.setState(now, c, ledger.Rejected)
	return nil
}

// takeRequest takes that somebody wants to become a contact.
func (e *Engine) takeRequest(now time.Time, c *contact, r wire.Request) error {
	invited := e.redeem(now, r.Invite) // whoever shows it has had it
	if !invited && !e.mayAsk(now, c) {
		return nil
	}
	if c.State == ledger.Rejected && !invited && !e.makeRoom(now, r.Introduction != "") {
		return nil
	}
	if c.State == ledger.Asking && !c.Changed.IsZero() && !invited {
		e.askedAgain(now, c, r)
		return nil
	}
	changed := c.called(r.Name, rows(r.Addresses)) || c.Forgotten
	c.Forgotten = false
	switch {
	case c.State == ledger.Accepted:
		if changed {
			e.put(now, c)
		}
		if c.crammed() {
			return nil // they ask again and again, and confirm no answer
		}
		return e.say(c, e.acceptance())
	case c.State == ledger.Requested, invited:
		return e.accept(now, c)
	}
	c.Introduction = r.Introduction
	e.setState(now, c, ledger.Asking)
	e.happened(now, ledger.Event{Kind: ledger.RequestReceived, Contact: c.ID})
	return nil
}

// askedAgain takes another request of somebody who waits for an answer. Where that is to
// go is taken over, other words are not soon.
func (e *Engine) askedAgain(now time.Time, c *contact, r wire.Request) {
	moved := c.called(c.Name, rows(r.Addresses))
	said := c.Name != r.Name || c.Introduction != r.Introduction
	switch {
	case said && now.Sub(c.Changed).Abs() >= requestPause:
		c.Name, c.Introduction = r.Name, r.Introduction
		e.setState(now, c, ledger.Asking)
		e.happened(now, ledger.Event{Kind: ledger.RequestReceived, Contact: c.ID})
	case moved:
		e.change(ledger.PutContact{Contact: c.Contact})
	}
}

// mayAsk reports whether a request of somebody counts: for a while after a rejection it
// does not.
func (e *Engine) mayAsk(now time.Time, c *contact) bool {
	return c.State != ledger.Rejected || now.Sub(c.Changed).Abs() >= rejectionPause
}

// asks reports whether our own request has not left yet.
func (c *contact) asks() bool {
	return len(c.queue) > 0 && c.queue[0].Kind == ledger.Asks && !c.left(0)
}

// refresh lets our own request, which has not left, say who we are by now.
func (e *Engine) refresh(c *contact) error {
	content, err := encode(e.request(c.Introduction, c.Invite))
	if err != nil {
		return err
	}
	e.replace(c.queue[0], content)
	return nil
}

// takeAccept takes that a contact has accepted us.
func (e *Engine) takeAccept(now time.Time, c *contact, a wire.Accept) {
	changed := c.called(a.Name, rows(a.Addresses)) || c.Forgotten
	c.Forgotten = false
	switch {
	case c.State != ledger.Accepted:
		e.setState(now, c, ledger.Accepted)
	case changed:
		e.put(now, c)
	}
}
