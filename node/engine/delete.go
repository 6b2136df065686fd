package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// BlockContact takes nothing from somebody any more: links are closed, what waits
// fails. That files have ended waits for UnblockContact. It fails with ErrNotFound.
func (e *Engine) BlockContact(now time.Time, id ledger.ContactID) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	if c.State == ledger.Blocked {
		return nil
	}
	if c.State != ledger.Accepted {
		c.Added = time.Time{} // UnblockContact makes no contact of somebody who was none
	}
	files := slices.Clone(c.files)
	e.setState(now, c, ledger.Blocked)
	e.withdrawAll(now, c)
	if err := e.empty(now, c); err != nil {
		return err
	}
	for _, f := range files {
		if err := e.answer(c, f.ID, wire.FileWithdrawn); err != nil {
			return err
		}
	}
	return nil
}

// UnblockContact takes that back: somebody who was a contact is one again, anybody
// else a stranger. It fails with ErrNotFound.
func (e *Engine) UnblockContact(now time.Time, id ledger.ContactID) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	switch {
	case c.State != ledger.Blocked:
	case c.Added.IsZero():
		e.erase(now, c, c.conversation != 0)
	default:
		return e.accept(now, c) // what was to say so may have failed, with our name and addresses
	}
	return nil
}

// DeleteContact removes a contact with all keys. With history, its name stays beside
// what was written. The contact is not told. Somebody who is blocked stays so, as one who
// never was a contact, until UnblockContact. It fails with ErrNotFound.
func (e *Engine) DeleteContact(now time.Time, id ledger.ContactID, history bool) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	e.withdrawAll(now, c) // without history too: what has come of them is removed
	if history {
		if err := e.empty(now, c); err != nil {
			return err
		}
	}
	e.erase(now, c, history)
	if c.State != ledger.Blocked {
		return nil
	}
	kept := &contact{Contact: ledger.Contact{
		ID: c.ID, Peer: c.Peer, Name: c.Name, State: ledger.Blocked, Changed: now,
	}}
	if history {
		kept.Alias, kept.conversation, kept.ended = c.Alias, c.conversation, c.ended
	}
	e.know(kept)
	e.put(now, kept)
	return e.restream(kept)
}

// erase removes a contact.
func (e *Engine) erase(now time.Time, c *contact, history bool) {
	e.present(c, false)
	e.cut(now, c)
	for _, f := range c.files {
		delete(e.files, f.Number)
	}
	for _, it := range c.queue {
		e.unindex(it)
	}
	if c.sessions != nil {
		c.sessions.Close()
	}
	delete(e.contacts, c.ID)
	delete(e.byPeer, string(c.Peer))
	c.erased = true
	conversation := c.conversation
	if history {
		kept := &contact{
			Contact: ledger.Contact{
				ID: c.ID, Peer: c.Peer, Name: c.Name, Alias: c.Alias, State: ledger.Deleted, Changed: now, Added: c.Added,
			},
			conversation: conversation, ended: c.ended,
		}
		e.know(kept)
	} else if conversation != 0 {
		delete(e.conversations, conversation)
		e.change(ledger.DropConversation{Conversation: conversation})
	}
	e.change(ledger.DropContact{Contact: c.ID, History: history})
	e.happened(now, ledger.Event{Kind: ledger.ContactDeleted, Contact: c.ID, Conversation: conversation})
}

// DeleteMessage removes a message here, which must be in the store still. One of ours
// that waits is called back if it can be. It fails with ErrNotFound if the
// conversation is gone, or the message was removed since the last Flush.
func (e *Engine) DeleteMessage(now time.Time, m ledger.Message) error {
	if e.conversations[m.Conversation] == nil || e.dropped[m.Number] {
		return fmt.Errorf("%w: message", ErrNotFound)
	}
	if e.dropped == nil {
		e.dropped = make(map[ledger.MessageNumber]bool)
	}
	e.dropped[m.Number] = true
	for _, it := range append([]*item(nil), e.queued[m.Number]...) {
		if it.contact.left(it.contact.place(it)) {
			// It may be on its way. What is to be sent again is in the queue.
			e.unindex(it)
			it.Message = 0 // DropMessage does the same in the store
		} else {
			e.remove(it)
		}
	}
	e.change(ledger.DropMessage{Message: m.Number})
	e.happened(now, ledger.Event{Kind: ledger.MessageDeleted, Conversation: m.Conversation, Message: m.Number})
	return nil
}

// Expire removes messages that have disappeared, as DeleteMessage does.
func (e *Engine) Expire(now time.Time, all []ledger.Message) error {
	for _, m := range all {
		if err := e.DeleteMessage(now, m); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}
