package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

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

// Retry queues a message of ours again, with its deliveries from the store, as far as it
// has failed, was cancelled or has expired. It fails with ErrNotFound, ErrNotContact,
// ErrBlocked, ErrQueueFull, or ErrSent if there is nothing to try again.
func (e *Engine) Retry(now time.Time, m ledger.Message, deliveries []ledger.Delivery) error {
	_, members, err := e.members(m.Conversation)
	switch {
	case err != nil:
		return err
	case e.dropped[m.Number]:
		return fmt.Errorf("%w: message", ErrNotFound)
	case m.Sender != 0 || len(e.queued[m.Number]) > 0:
		return ErrSent
	}
	var to []*contact
	for _, d := range deliveries {
		over := d.State == ledger.Failed || d.State == ledger.Cancelled || d.State == ledger.Expired
		i := slices.IndexFunc(members, func(c *contact) bool { return c.ID == d.Contact })
		if !over || i < 0 {
			continue
		}
		if e.full(members[i]) {
			return ErrQueueFull
		}
		to = append(to, members[i])
	}
	if len(to) == 0 {
		return ErrSent
	}
	if len(to) == len(deliveries) { // nobody has it
		e.change(ledger.HoldMessage{Message: m.Number})
	}
	for _, c := range to {
		it := ledger.Item{Kind: ledger.Ordinary, Message: m.Number, Deadline: e.deadline(now, c, 0)}
		if err := e.enqueue(c, it, textOf(m)); err != nil {
			return err
		}
		c.urgent = true
		e.deliver(now, c.queue[len(c.queue)-1], ledger.Queued)
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
