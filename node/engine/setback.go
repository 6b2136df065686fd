package engine

import (
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// A profile is set back when an older copy of it is started: a backup, a snapshot of a
// machine. Contacts have items by then that it does not know of, and under the same
// numbers it would say other things, which they would pass over and confirm. So no new
// number is used after a start before the contact has said how far it is
// (docs/protocol.md, "Being set back").

// isSetBack reports whether a content shows that we have been set back: it confirms
// what we have not sent yet, or, while that is in doubt, is about a stream of ours, or
// goes on behind items of theirs, that we do not know.
func (c *contact) isSetBack(content wire.Content) bool {
	if content.Ack.Stream == c.streams.Out {
		if content.Ack.Next > c.streams.Sent {
			return true
		}
	} else if c.doubt && content.Ack.Stream != 0 {
		return true
	}
	return c.doubt && content.Stream == c.streams.In && content.Base > c.streams.Next
}

// anew begins everything with a contact anew after we have been set back. What waits
// goes again, though the contact may have it, and under another session: of the old one
// keys were used that would be used again. Unheard means that the contact may only not
// have heard of our stream, which is new: nobody needs to be alarmed.
func (e *Engine) anew(now time.Time, l *link, unheard bool) error {
	c := l.contact
	if err := e.restream(c); err != nil {
		return err
	}
	if c.State == ledger.Requested && !c.asks() { // it may be answered, and the answer lost
		if err := e.ask(c, e.request(c.Introduction, c.Invite)); err != nil {
			return err
		}
	}
	if err := e.remind(c); err != nil {
		return err
	}
	if err := e.saveSessions(c); err != nil { // or those that go would not be in the store
		return err
	}
	e.drop(c, c.sessions.IDs()) // a cell that was opened would come again, and be a repeat
	c.sessions.Close()
	c.sessions, c.handshake = new(e2ee.Sessions), true
	e.close(now, l)
	if !c.guest() && !unheard { // of guests nobody needs to hear
		e.happened(now, ledger.Event{Kind: ledger.SetBack, Contact: c.ID, Conversation: c.conversation})
	}
	return fmt.Errorf("%w: it knows of us what we do not, as if we had been set back", ErrProtocol)
}

// remind tells a contact once more where we are and what we are called, unless that
// waits already: the contact may know what was in force later.
func (e *Engine) remind(c *contact) error {
	if c.State != ledger.Accepted {
		return nil // the request says it
	}
	if !c.waits(ledger.Moves) {
		if err := e.correct(c, ledger.Moves, addresses(e.cfg.Addresses)); err != nil {
			return err
		}
	}
	if c.waits(ledger.Names) {
		return nil
	}
	return e.correct(c, ledger.Names, wire.Profile{Name: e.settings.Name})
}
