package engine

import (
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// pump gives the current link of a contact what it has not had, and seals what may
// be sealed.
func (e *Engine) pump(now time.Time, c *contact) error {
	l := c.current
	if l == nil || c.sessions == nil {
		return nil
	}
	inUse, ok := c.usable(l)
	if !ok && !l.outbound && !l.heard {
		return nil // its first cell tells whether the other side has a session that we do not trust yet
	}
	if !ok {
		c.handshake = true
		e.close(now, l)
		return nil
	}
	for _, cell := range c.cells {
		if e2ee.SessionID(cell.Session) != inUse || cell.Cell == nil {
			e.unseal(c)
			break
		}
	}
	for _, cell := range c.cells {
		if end := cell.First + uint64(cell.Count); end > l.next {
			e.write(l, cell.Cell)
			l.next = end
		}
	}
	return e.sealItems(now, c, l)
}

// usable returns the session that the next cell for a link is sealed under. One that
// the contact may not have can only be used on the link of its handshake.
func (c *contact) usable(l *link) (e2ee.SessionID, bool) {
	for {
		id, ok := c.sessions.InUse()
		if !ok || c.sessions.Get(id).Confirmed() || l.fresh && l.session == id {
			return id, ok
		}
		c.sessions.Suspend(id)
	}
}

// sealItems seals as many items as may be under way, and what else there is to say.
func (e *Engine) sealItems(now time.Time, c *contact, l *link) error {
	for {
		items := c.batch()
		if len(items) == 0 {
			if c.lacks() {
				e.touch(c) // Needs names it
				return nil // and nothing goes before it: a stranger must begin with a request
			}
			break
		}
		sealed, err := e.seal(now, c, l, items)
		if err != nil || sealed == nil {
			return err
		}
		e.keep(now, c, l, items, sealed)
	}
	quiet := c.answer || c.typing || l.outbound && !l.greeted
	if quiet && l.unwritten == 0 {
		sealed, err := e.seal(now, c, l, nil)
		if err != nil || sealed == nil {
			return err
		}
		e.write(l, sealed.Cell)
	}
	return nil
}

// batch returns the items that go into the next cell, if any may.
func (c *contact) batch() []*item {
	room := min(c.room(), wire.MaxContent-wire.ContentOverhead)
	queue := c.queue[c.sealed():]
	n := 0
	for n < min(len(queue), wire.MaxItems) && queue[n].Content != nil && c.may(queue[n]) {
		if room -= wire.ItemSize(queue[n].size); room < 0 {
			break
		}
		n++
	}
	return queue[:n]
}

// seal makes a cell with items, or without, and with all that is to be confirmed. It
// returns none if the session is used up: the link is closed then.
func (e *Engine) seal(now time.Time, c *contact, l *link, items []*item) (*e2ee.Sealed, error) {
	content := wire.Content{
		Stream: c.streams.Out,
		Base:   c.streams.Base,
		First:  c.streams.Base + uint64(c.sealed()),
		Ack:    wire.Ack{Stream: c.streams.In, Next: c.streams.Next},
		Typing: c.typing,
	}
	for _, it := range items {
		content.Items = append(content.Items, it.Content)
	}
	b, err := content.Encode()
	if err != nil {
		return nil, err
	}
	sealed, err := c.sessions.Seal(b, now)
	if err != nil {
		c.handshake = true
		e.close(now, l)
		return nil, nil //nolint:nilerr // a session that is used up is followed by another
	}
	l.greeted, l.owed, c.answer, c.typing = true, false, false, false
	return sealed, nil
}

// keep notes that items are in a cell, and gives that to the link.
func (e *Engine) keep(now time.Time, c *contact, l *link, items []*item, sealed *e2ee.Sealed) {
	first := c.streams.Base + uint64(c.sealed())
	cell := &ledger.Cell{
		Contact: c.ID, First: first, Count: len(items), Session: ledger.SessionID(sealed.Session), Cell: sealed.Cell,
	}
	for i, it := range items {
		if first+uint64(i) >= c.streams.Sent {
			e.deliver(now, it, ledger.Sent)
		}
		c.hold(it, nil)
	}
	c.cells = append(c.cells, cell)
	c.streams.Sent = max(c.streams.Sent, first+uint64(len(items)))
	c.streamsChanged = true
	e.change(ledger.PutCell{Cell: *cell})
	e.write(l, cell.Cell)
	l.next = first + uint64(len(items))
	e.plan.Used(now, l.id)
}

// write gives a link a cell.
func (e *Engine) write(l *link, cell []byte) {
	l.unwritten++
	e.out.Cells = append(e.out.Cells, Outgoing{Link: l.id, Cell: cell})
}
