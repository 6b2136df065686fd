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
}

// Send queues a message. It fails with ErrNotFound, ErrNotContact, ErrBlocked,
// ErrQueueFull, or ErrInvalid if the text is empty, too long or not UTF-8.
func (e *Engine) Send(now time.Time, id ledger.ConversationID, text string, o SendOptions) (ledger.Message, error) {
	row, members, err := e.members(id)
	if err != nil {
		return ledger.Message{}, err
	}
	m := ledger.Message{
		Number: e.counters.Message + 1, Conversation: id, Body: text, Written: now, Stored: now, Timer: row.Timer,
	}
	if err := e.random(m.ID[:]); err != nil {
		return ledger.Message{}, err
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
	e.change(ledger.AddMessage{Message: m, Event: e.event(now, ledger.Event{
		Kind: ledger.MessageQueued, Conversation: id, Message: m.Number, Delivery: ledger.Queued,
	})})
	for _, c := range members {
		c.urgent = true
		e.change(ledger.PutDelivery{Delivery: ledger.Delivery{
			Message: m.Number, Contact: c.ID, State: ledger.Queued, Changed: now,
		}})
		it := ledger.Item{Kind: ledger.Ordinary, Message: m.Number, Deadline: e.deadline(now, c, o.Expiry)}
		if err := e.enqueue(c, it, body); err != nil {
			return ledger.Message{}, err
		}
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

// waiting returns the items of a message, none of which has left. It fails with
// ErrSent, also if the message is delivered.
func (e *Engine) waiting(m ledger.MessageNumber) ([]*item, error) {
	items := e.queued[m]
	if len(items) == 0 {
		return nil, ErrSent
	}
	for _, it := range items {
		if it.contact.left(it.contact.place(it)) {
			return nil, ErrSent
		}
	}
	return append([]*item(nil), items...), nil
}

// Cancel calls a message back that has not left. It fails with ErrSent.
func (e *Engine) Cancel(now time.Time, number ledger.MessageNumber) error {
	items, err := e.waiting(number)
	if err != nil {
		return err
	}
	for _, it := range items {
		e.remove(it)
		e.deliver(now, it, ledger.Cancelled)
	}
	return nil
}

// Edit replaces the text of a message that has not left. It fails with ErrSent or
// ErrInvalid.
func (e *Engine) Edit(now time.Time, m ledger.Message, text string) error {
	items, err := e.waiting(m.Number)
	if err != nil {
		return err
	}
	m.Body = text
	content, err := encode(textOf(m))
	if err != nil {
		return err
	}
	for _, it := range items {
		e.replace(it, content)
	}
	e.change(ledger.EditMessage{Message: m.Number, Body: text})
	e.happened(now, ledger.Event{Kind: ledger.MessageEdited, Conversation: m.Conversation, Message: m.Number})
	return nil
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
