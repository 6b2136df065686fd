package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

// maxPage is how many messages are read at once at most.
const maxPage = 1000

// Messages returns the last messages of a conversation whose numbers are below before
// (0: the last ones of all), the latest first, limit at most.
func (n *Node) Messages(ctx context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error) {
	return n.messages(ctx, func(tx *store.View) ([]ledger.Message, error) {
		return tx.Messages(id, before, min(limit, maxPage))
	})
}

// MessagesAfter returns the first messages of a conversation whose numbers are above after,
// the earliest first, limit at most.
func (n *Node) MessagesAfter(ctx context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) ([]Message, error) {
	return n.messages(ctx, func(tx *store.View) ([]ledger.Message, error) {
		return tx.MessagesAfter(id, after, min(limit, maxPage))
	})
}

// Message returns one message, or ErrNotFound.
func (n *Node) Message(ctx context.Context, number ledger.MessageNumber) (Message, error) {
	all, err := n.messages(ctx, func(tx *store.View) ([]ledger.Message, error) {
		m, err := tx.Message(number)
		return []ledger.Message{m}, err
	})
	if err != nil {
		return Message{}, err
	}
	return all[0], nil
}

// Search finds the messages that have all words of a text, in one conversation or in
// all (0); otherwise it is like Messages.
func (n *Node) Search(ctx context.Context, text string, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error) {
	rows, err := n.store.Search(ctx, text, id, before, min(limit, maxPage))
	if err != nil {
		return nil, explain(err)
	}
	return n.messages(ctx, func(*store.View) ([]ledger.Message, error) { return rows, nil })
}

// messages reads messages, with what has become of ours.
func (n *Node) messages(ctx context.Context, f func(tx *store.View) ([]ledger.Message, error)) (all []Message, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		rows, err := f(tx)
		if err != nil {
			return err
		}
		var own []ledger.MessageNumber
		for _, row := range rows {
			all = append(all, messageOf(row))
			if row.Sender == 0 {
				own = append(own, row.Number)
			}
		}
		deliveries, err := tx.DeliveriesOf(own)
		of := make(map[ledger.MessageNumber][]Delivery)
		for _, d := range deliveries {
			of[d.Message] = append(of[d.Message], Delivery{
				Contact: d.Contact, State: rpc.DeliveryStateName(d.State), Changed: rpc.TimeOf(d.Changed),
			})
		}
		for i := range all {
			all[i].Deliveries = of[all[i].Number]
		}
		return err
	})
	return all, err
}

func messageOf(m ledger.Message) Message {
	return Message{
		Number: m.Number, Conversation: m.Conversation, Sender: m.Sender, ID: rpc.MessageID(m.ID), Text: m.Body,
		Written: rpc.TimeOf(m.Written), Stored: rpc.TimeOf(m.Stored), Timer: rpc.Duration(m.Timer),
		Expires: rpc.TimeOf(m.Expires),
	}
}

// Send puts a message into the queue, where it survives everything until it is
// delivered. What becomes of it are events. With an ID of its caller's, a message is sent
// once however often that is asked for: the one that is there is returned. It fails with
// ErrNotFound, ErrState if the contact is none any more, ErrInvalid, or ErrLimit.
func (n *Node) Send(ctx context.Context, id ledger.ConversationID, text string, o SendOptions) (Message, error) {
	var m ledger.Message
	before := false
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		if o.ID != (rpc.MessageID{}) {
			// In the loop, or two who ask at once would both find nothing.
			if m, before, err = n.said(ctx, id, ledger.MessageID(o.ID)); err != nil || before {
				return err
			}
		}
		m, err = e.Send(now, id, text, engine.SendOptions{Expiry: time.Duration(o.Expiry), ID: ledger.MessageID(o.ID)})
		return err
	})
	switch {
	case err != nil:
		return Message{}, err
	case before:
		return n.Message(ctx, m.Number)
	}
	return messageOf(m), nil
}

// said returns the message of ours with an ID, if there is one. It is called by the loop.
func (n *Node) said(ctx context.Context, id ledger.ConversationID, name ledger.MessageID) (m ledger.Message, there bool, err error) {
	err = n.view(ctx, func(tx *store.View) (err error) {
		m, err = tx.MessageByID(id, 0, name)
		if there = err == nil; errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return m, there, err
}

// RetryMessage queues a message of ours again that has failed, has expired or was
// cancelled. It fails with ErrNotFound, ErrLimit, or ErrState if there is nothing to try
// again.
func (n *Node) RetryMessage(ctx context.Context, number ledger.MessageNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error {
		var (
			m          ledger.Message
			deliveries []ledger.Delivery
		)
		err := n.store.ViewFirst(context.WithoutCancel(ctx), func(tx *store.View) (err error) {
			if m, err = tx.Message(number); err != nil {
				return err
			}
			deliveries, err = tx.Deliveries(number)
			return err
		})
		if err != nil {
			return err
		}
		return e.Retry(now, m, deliveries)
	})
}

// row returns a message as it is kept.
func (n *Node) row(ctx context.Context, number ledger.MessageNumber) (m ledger.Message, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		m, err = tx.Message(number)
		return err
	})
	return m, err
}

// Cancel calls back a message that has not left. It fails with ErrState if it has.
func (n *Node) Cancel(ctx context.Context, number ledger.MessageNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.Cancel(now, number) })
}

// Edit replaces the text of a message that has not left. It fails with ErrNotFound,
// ErrInvalid, or ErrState if it has.
func (n *Node) Edit(ctx context.Context, number ledger.MessageNumber, text string) error {
	m, err := n.row(ctx, number)
	if err != nil {
		return err
	}
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.Edit(now, m, text) })
}

// MarkRead says that a message and all before it in the conversation were read. The
// contact hears of it, unless read receipts are off. It fails with ErrNotFound.
func (n *Node) MarkRead(ctx context.Context, id ledger.ConversationID, upTo ledger.MessageNumber) error {
	var m ledger.Message
	err := n.read(ctx, func(tx *store.View) error {
		// What is told is the last message of theirs.
		rows, err := tx.Messages(id, upTo+1, maxPage)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("%w: message", store.ErrNotFound)
		}
		m = rows[0]
		for _, row := range rows {
			if row.Sender != 0 {
				m = row
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.MarkRead(now, m) })
}

// Typing tells those in a conversation who are there that somebody types. It is to be
// called again every few seconds. It fails with ErrNotFound or ErrState.
func (n *Node) Typing(ctx context.Context, id ledger.ConversationID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.Typing(now, id) })
}

// DeleteMessage deletes a message here. It fails with ErrNotFound.
func (n *Node) DeleteMessage(ctx context.Context, number ledger.MessageNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error {
		// In the loop, or it may be gone by the time the engine hears of it.
		var m ledger.Message
		err := n.store.ViewFirst(context.WithoutCancel(ctx), func(tx *store.View) (err error) {
			m, err = tx.Message(number)
			return err
		})
		if err != nil {
			return err
		}
		return e.DeleteMessage(now, m)
	})
}
