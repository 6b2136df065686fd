package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// item is something that waits to be confirmed.
type item struct {
	ledger.Item // Content may be in the store only
	size        int
	contact     *contact
}

// sealed returns how many items at the front of the queue are in cells.
func (c *contact) sealed() int {
	if len(c.cells) == 0 {
		return 0
	}
	last := c.cells[len(c.cells)-1]
	return int(last.First - c.streams.Base + uint64(last.Count))
}

// fits reports whether the cells are those of the front of the queue.
func (c *contact) fits() bool {
	next := c.streams.Base
	for i, cell := range c.cells {
		if cell.First != next && (i > 0 || cell.First > next) || cell.First+uint64(cell.Count) <= next {
			return false
		}
		next = cell.First + uint64(cell.Count)
	}
	return c.sealed() <= len(c.queue) && next <= max(c.streams.Sent, c.streams.Base)
}

// pending reports whether there is something to say to the contact.
func (c *contact) pending() bool { return len(c.queue) > 0 && c.take(c.queue[0]) }

// waits reports whether there is an item of a kind.
func (c *contact) waits(kind ledger.ItemKind) bool {
	return slices.ContainsFunc(c.queue, func(it *item) bool { return it.Kind == kind })
}

// place returns where in the queue an item is, or -1.
func (c *contact) place(it *item) int { return slices.Index(c.queue, it) }

// left reports whether an item may have left.
func (c *contact) left(i int) bool { return c.streams.Base+uint64(i) < c.streams.Sent }

// gone returns how many items at the front of the queue may have left.
func (c *contact) gone() int {
	if c.streams.Sent <= c.streams.Base {
		return 0
	}
	return int(min(c.streams.Sent-c.streams.Base, uint64(len(c.queue))))
}

// enqueue puts an item at the end of the queue to a contact; a request goes to its
// beginning, where nothing has left. Whoever calls it has looked whether there is
// room; it fails with ErrInvalid.
func (e *Engine) enqueue(c *contact, row ledger.Item, body wire.Body) error {
	content, err := encode(body)
	if err != nil {
		return err
	}
	e.counters.Item++
	row.ID, row.Contact = e.counters.Item, c.ID
	it := &item{Item: row, size: len(content), contact: c}
	c.hold(it, content)
	if row.Kind == ledger.Asks {
		c.queue = slices.Insert(c.queue, 0, it)
	} else {
		c.queue = append(c.queue, it)
	}
	e.index(it)
	e.change(ledger.PutItem{Item: it.Item})
	if d := row.Deadline; !d.IsZero() && (e.expiry.IsZero() || d.Before(e.expiry)) {
		e.expiry = d
	}
	e.touch(c)
	return nil
}

// say puts something at the end of the queue that is not given up.
func (e *Engine) say(c *contact, body wire.Body) error {
	return e.enqueue(c, ledger.Item{Kind: ledger.Ordinary}, body)
}

// encode makes the content of an item of the conversation of the two.
func encode(body wire.Body) ([]byte, error) {
	content, err := wire.EncodeItem(wire.Item{Body: body})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return content, nil
}

// full reports whether the user can say no more to the contact for now, and crammed
// whether we cannot by ourselves.
func (e *Engine) full(c *contact) bool {
	total := 0
	for _, other := range e.contacts {
		total += len(other.queue)
	}
	return len(c.queue) >= MaxQueued || total >= MaxQueuedTotal
}

func (c *contact) crammed() bool { return len(c.queue) >= MaxQueued+MaxAnswers }

// index files an item by the message that it carries.
func (e *Engine) index(it *item) {
	if it.Message != 0 {
		e.queued[it.Message] = append(e.queued[it.Message], it)
	}
}

// unindex takes it out again.
func (e *Engine) unindex(it *item) {
	if it.Message == 0 {
		return
	}
	rest := slices.DeleteFunc(e.queued[it.Message], func(other *item) bool { return other == it })
	if len(rest) == 0 {
		delete(e.queued, it.Message)
	} else {
		e.queued[it.Message] = rest
	}
}

// remove takes an item that has not left out of the queue.
func (e *Engine) remove(it *item) {
	c := it.contact
	i := c.place(it)
	c.queue = slices.Delete(c.queue, i, i+1)
	c.hold(it, nil)
	e.unindex(it)
	e.change(ledger.DropItem{Item: it.ID})
	e.touch(c)
}

// empty takes everything out of the queue to a contact; the messages fail. What has
// left cannot be told apart any more, so the stream begins anew.
func (e *Engine) empty(now time.Time, c *contact) error {
	for _, it := range c.queue {
		e.unindex(it)
		e.change(ledger.DropItem{Item: it.ID})
		e.deliver(now, it, ledger.Failed)
	}
	c.queue, c.contents = nil, 0
	return e.restream(c)
}

// deliver notes how far the message of an item has come, if it carries one. When it is
// there, or will not be, its timer begins.
func (e *Engine) deliver(now time.Time, it *item, s ledger.DeliveryState) {
	if it.Message == 0 {
		return
	}
	e.change(ledger.PutDelivery{Delivery: ledger.Delivery{
		Message: it.Message, Contact: it.Contact, Item: it.ID, State: s, Changed: now,
	}})
	e.happened(now, ledger.Event{
		Kind: ledger.DeliveryChanged, Contact: it.Contact, Conversation: it.contact.conversation,
		Message: it.Message, Delivery: s,
	})
	if s != ledger.Queued && s != ledger.Sent {
		e.change(ledger.ExpireMessage{Message: it.Message, Now: now})
	}
}

// replace gives an item, which is in no cell, another content.
func (e *Engine) replace(it *item, content []byte) {
	it.size = len(content)
	it.contact.hold(it, content)
	e.change(ledger.PutItem{Item: it.Item})
	e.touch(it.contact)
}
