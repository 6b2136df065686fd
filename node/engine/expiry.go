package engine

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// expire gives up the items whose time is over, unless they are under way: the
// contact may have those in a moment.
func (e *Engine) expire(now time.Time) {
	for _, c := range e.sorted() {
		kept := c.queue[:0]
		for i, it := range c.queue {
			over := !it.Deadline.IsZero() && !now.Before(it.Deadline)
			if over && !c.left(i) {
				c.hold(it, nil)
				e.unindex(it)
				e.change(ledger.DropItem{Item: it.ID})
				e.deliver(now, it, ledger.Expired)
				e.touch(c)
				continue
			}
			kept = append(kept, it)
			if over && c.current == nil {
				e.skip(now, it)
			}
		}
		clear(c.queue[len(kept):])
		c.queue = kept
	}
	e.expiry = e.earliest(now)
}

// skip gives up an item that may have left: if the contact does not have it, it gets
// nothing in its place.
func (e *Engine) skip(now time.Time, it *item) {
	content, err := encode(wire.Skip{})
	if err != nil {
		return // there is nothing in it that could be refused
	}
	e.deliver(now, it, ledger.Expired)
	e.unindex(it)
	it.Message, it.Deadline = 0, time.Time{}
	e.replace(it, content)
	e.unseal(it.contact)
}

// earliest returns when an item is to be given up next. One whose time is over is
// under way: it is looked at again a while later.
func (e *Engine) earliest(now time.Time) (at time.Time) {
	for _, c := range e.contacts {
		for _, it := range c.queue {
			if it.Deadline.IsZero() {
				continue
			}
			d := it.Deadline
			if !now.Before(d) {
				d = now.Add(lateExpiry)
			}
			if at.IsZero() || d.Before(at) {
				at = d
			}
		}
	}
	return at
}
