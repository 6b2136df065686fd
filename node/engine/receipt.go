package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// confirm takes what a contact says that it has stored. Only what was sealed for this
// contact can be confirmed, and only by it.
func (e *Engine) confirm(now time.Time, c *contact, ack wire.Ack) {
	if ack.Stream != c.streams.Out || ack.Next <= c.streams.Base {
		return // of an earlier stream, or said before
	}
	n := int(ack.Next - c.streams.Base)
	for _, it := range c.queue[:n] {
		c.hold(it, nil)
		e.unindex(it)
		e.change(ledger.DropItem{Item: it.ID})
		e.deliver(now, it, ledger.Delivered)
	}
	c.queue = slices.Delete(c.queue, 0, n)
	c.streams.Base, c.streamsChanged = ack.Next, true
	for len(c.cells) > 0 && c.cells[0].First+uint64(c.cells[0].Count) <= ack.Next {
		c.cells = c.cells[1:]
	}
	e.change(ledger.DropCells{Contact: c.ID, Below: ack.Next})
	e.touch(c)
}

// MarkRead notes that a conversation was read up to a message, and lets its sender
// know if that is wanted. Of ours nobody has to know: to mark others before it, give
// the last of them. It fails with ErrNotFound.
func (e *Engine) MarkRead(now time.Time, m ledger.Message) error {
	row := e.conversations[m.Conversation]
	if row == nil {
		return fmt.Errorf("%w: conversation", ErrNotFound)
	}
	if m.Number <= row.Read {
		return nil
	}
	row.Read = m.Number
	e.change(ledger.PutConversation{Conversation: *row},
		ledger.ExpireRead{Conversation: row.ID, UpTo: m.Number, Now: now})
	e.happened(now, ledger.Event{Kind: ledger.ConversationRead, Conversation: row.ID, Message: m.Number})
	c := e.contacts[m.Sender]
	if c == nil || e.settings.NoReceipts || c.Silent || c.State != ledger.Accepted || c.crammed() {
		return nil
	}
	return e.say(c, wire.Read{ID: wire.MessageID(m.ID)})
}

// takeRead takes that a contact has read our messages up to one, as far as it has
// confirmed them: what a content confirms was taken before its items. Those that are to
// be confirmed once more, because our items have begun anew, are read with the next one.
func (e *Engine) takeRead(now time.Time, c *contact, body wire.Read) {
	if c.conversation == 0 {
		return
	}
	e.change(ledger.ReadDelivery{
		Conversation: c.conversation, Contact: c.ID, ID: ledger.MessageID(body.ID), Changed: now,
		Event: e.event(now, ledger.Event{
			Kind: ledger.DeliveryChanged, Contact: c.ID, Conversation: c.conversation,
			ID: ledger.MessageID(body.ID), Delivery: ledger.Read,
		}),
	})
}
