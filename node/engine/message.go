package engine

import (
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// SendOptions are for one message.
type SendOptions struct {
	// Expiry is how long it may wait to be delivered: 0 is as the contact or the
	// profile says, negative is for ever.
	Expiry time.Duration
	// ID names the message, so that whoever asks twice says it once; zero is a new one.
	// Whether the conversation has such a message of ours is looked up before.
	ID ledger.MessageID
}

// named is a message whose ID was given.
type named struct {
	conversation ledger.ConversationID
	id           ledger.MessageID
}

// Send queues a message. It fails with ErrNotFound, ErrNotContact, ErrBlocked,
// ErrQueueFull, ErrExists if its ID was used since the last Flush, or ErrInvalid if the
// text is empty, too long or not UTF-8.
func (e *Engine) Send(now time.Time, id ledger.ConversationID, text string, o SendOptions) (ledger.Message, error) {
	row, members, err := e.members(id)
	if err != nil {
		return ledger.Message{}, err
	}
	m := ledger.Message{
		Number: e.counters.Message + 1, Conversation: id, Body: text, Written: now, Stored: now, Timer: row.Timer,
	}
	if m.ID = o.ID; m.ID == (ledger.MessageID{}) {
		if err := e.random(m.ID[:]); err != nil {
			return ledger.Message{}, err
		}
	}
	if e.named[named{id, m.ID}] {
		return ledger.Message{}, fmt.Errorf("%w: message", ErrExists)
	}
	body := textOf(m)
	if _, err := encode(body); err != nil {
		return ledger.Message{}, err
	}
	for _, c := range members {
		if e.full(c) {
			return ledger.Message{}, ErrQueueFull
		}
	}
	e.counters.Message = m.Number
	if o.ID == m.ID {
		if e.named == nil {
			e.named = make(map[named]bool)
		}
		e.named[named{id, m.ID}] = true
	}
	e.change(ledger.AddMessage{Message: m, Event: e.event(now, ledger.Event{
		Kind: ledger.MessageQueued, Conversation: id, Message: m.Number, Delivery: ledger.Queued,
	})})
	for _, c := range members {
		c.urgent = true
		it := ledger.Item{Kind: ledger.Ordinary, Message: m.Number, Deadline: e.deadline(now, c, o.Expiry)}
		if err := e.enqueue(c, it, body); err != nil {
			return ledger.Message{}, err
		}
		e.change(ledger.PutDelivery{Delivery: ledger.Delivery{
			Message: m.Number, Contact: c.ID, Item: e.counters.Item, State: ledger.Queued, Changed: now,
		}})
	}
	return m, nil
}

// members returns a conversation and those in it, all of whom can be written to.
func (e *Engine) members(id ledger.ConversationID) (*ledger.Conversation, []*contact, error) {
	row := e.conversations[id]
	if row == nil {
		return nil, nil, fmt.Errorf("%w: conversation", ErrNotFound)
	}
	var all []*contact
	for _, member := range row.Members {
		c, err := e.contactOf(member)
		if err != nil {
			return nil, nil, err
		}
		switch c.State {
		case ledger.Blocked:
			return nil, nil, ErrBlocked
		case ledger.Accepted, ledger.Requested:
			all = append(all, c)
		default:
			return nil, nil, ErrNotContact
		}
	}
	return row, all, nil
}

// textOf is what is sent of a message. The time is in whole seconds: milliseconds would
// tell clocks apart, and so which of several profiles are on one machine.
func textOf(m ledger.Message) wire.Text {
	return wire.Text{
		ID: wire.MessageID(m.ID), Text: m.Body,
		Written: uint64(max(m.Written.Unix(), 0)) * 1000, Timer: uint32(m.Timer / time.Second),
	}
}

// deadline returns when something is given up that is said to a contact now.
func (e *Engine) deadline(now time.Time, c *contact, own time.Duration) time.Time {
	for _, d := range []time.Duration{own, c.Expiry, e.settings.Expiry} {
		switch {
		case d > 0:
			return now.Add(d)
		case d < 0:
			return time.Time{}
		}
	}
	return time.Time{}
}

// takeText takes a message from a contact.
func (e *Engine) takeText(now time.Time, c *contact, t wire.Text) {
	id := e.converse(now, c)
	e.counters.Message++
	m := ledger.Message{
		Number: e.counters.Message, Conversation: id, Sender: c.ID, ID: ledger.MessageID(t.ID), Body: t.Text,
		Written: time.UnixMilli(int64(t.Written)).UTC(), Stored: now, Timer: time.Duration(t.Timer) * time.Second,
	}
	e.change(ledger.AddMessage{Message: m, Event: e.event(now, ledger.Event{
		Kind: ledger.MessageReceived, Contact: c.ID, Conversation: id, Message: m.Number,
	})})
}
