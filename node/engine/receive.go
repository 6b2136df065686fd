package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// Receive takes a cell that has come on a link. It fails with ErrNoLink, ErrProtocol
// or ErrUnreadable, for the log: what follows from that comes with the next Flush.
func (e *Engine) Receive(now time.Time, id LinkID, cell []byte) error {
	l := e.links[id]
	if l == nil {
		return ErrNoLink
	}
	if l.contact == nil {
		err := e.receiveStranger(now, l, cell)
		if err != nil && e.links[id] != nil {
			e.close(now, l)
		}
		return err
	}
	c := l.contact
	opened, err := c.sessions.Open(cell, now)
	switch {
	case errors.Is(err, e2ee.ErrRepeated):
		// It is stored; the confirmation was lost. It proves nothing: whoever has
		// recorded it can send it.
		c.owe(l)
		e.touch(c)
		return nil
	case errors.Is(err, e2ee.ErrDecrypt), errors.Is(err, e2ee.ErrGap):
		if now.Sub(c.healed).Abs() >= healingPause {
			c.handshake, c.healed = true, now
		}
		e.close(now, l)
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	case err != nil:
		e.close(now, l)
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	e.hear(now, l)
	content, err := wire.DecodeContent(opened.Content)
	if err == nil {
		err = e.take(now, l, content)
	}
	if err != nil {
		if e.links[id] != nil {
			e.close(now, l)
		}
		if !errors.Is(err, ErrProtocol) {
			err = fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		return err
	}
	return nil
}

// hear notes that the other side of a link is there. The first time, it is answered
// if it has opened the link: that tells it that all is well.
func (e *Engine) hear(now time.Time, l *link) {
	if !l.heard && !l.outbound {
		l.contact.owe(l)
	}
	l.heard = true
	e.plan.Heard(now, l.id)
	e.touch(l.contact)
}

// owe lets what has come on a link be confirmed. If that goes on another one, which is
// lost, it is said again on this one.
func (c *contact) owe(l *link) { c.answer, l.owed = true, true }

// take takes a content from a contact (docs/protocol.md, "Delivery"). Of one that is
// malformed, or leaves items out, nothing is kept but the state of the session.
func (e *Engine) take(now time.Time, l *link, content wire.Content) error {
	c := l.contact
	if c.isSetBack(content) {
		return e.anew(now, l, c.streams.Base == 0 && content.Ack.Stream != c.streams.Out)
	}
	retired := slices.Contains(c.streams.Retired, content.Stream)
	if !retired && len(content.Items) > 0 && content.First > c.next(content) {
		return fmt.Errorf("%w: items are missing before these", ErrProtocol)
	}
	c.doubt = false
	var items []wire.Item
	if !retired {
		var err error
		if items, err = decode(content); err != nil {
			return err
		}
	}
	e.confirm(now, c, content.Ack)
	if content.Typing {
		e.typingHint(c)
	}
	if retired {
		return nil
	}
	c.follow(content)
	if len(items) == 0 {
		return nil
	}
	return e.takeItems(now, l, content.First, items)
}

// decode decodes the items of a content. Those of later versions have no body.
func decode(content wire.Content) (all []wire.Item, err error) {
	for _, raw := range content.Items {
		it, err := wire.DecodeItem(raw)
		if err != nil && !errors.Is(err, wire.ErrUnknownContent) {
			return nil, err
		}
		if err != nil {
			it = wire.Item{}
		}
		all = append(all, it)
	}
	return all, nil
}

// next returns the number of the next item to come, by what a content says of those
// before.
func (c *contact) next(content wire.Content) uint64 {
	if content.Stream != c.streams.In {
		return content.Base // the first that comes, or the other side has begun anew
	}
	return max(content.Base, c.streams.Next) // below its base all was confirmed, whatever we know of it
}

// follow goes along with a stream of the contact's items that has begun.
func (c *contact) follow(content wire.Content) {
	next := c.next(content)
	if content.Stream == c.streams.In && next == c.streams.Next {
		return
	}
	if content.Stream != c.streams.In && c.streams.In != 0 {
		c.streams.Retired = append(c.streams.Retired, c.streams.In)
		c.streams.Retired = c.streams.Retired[max(0, len(c.streams.Retired)-MaxRetired):]
	}
	c.streams.In, c.streams.Next, c.streamsChanged = content.Stream, next, true
}

// takeItems takes the items that have not come before, of which the first has the given
// number. It ends at one that the contact may not say yet: those before it are kept.
func (e *Engine) takeItems(now time.Time, l *link, first uint64, items []wire.Item) error {
	c := l.contact
	c.answer = true
	e.plan.Used(now, l.id)
	for i, it := range items {
		if first+uint64(i) != c.streams.Next {
			continue // a repeat
		}
		if it.Body != nil {
			if err := e.takeItem(now, c, it); err != nil {
				return err
			}
		}
		c.streams.Next++
		c.streamsChanged = true
	}
	return nil
}

// takeItem takes one item. Those of conversations that are not ours are passed over.
func (e *Engine) takeItem(now time.Time, c *contact, it wire.Item) error {
	request, asks := it.Body.(wire.Request)
	switch own := len(it.Conversation) == 0; {
	case own && asks:
		return e.takeRequest(now, c, request)
	case c.State != ledger.Accepted && c.State != ledger.Requested:
		return fmt.Errorf("%w: %T before being a contact", ErrProtocol, it.Body)
	case !own:
		return nil
	}
	if c.Forgotten { // it would not say that to somebody whom it does not know
		c.Forgotten = false
		e.put(now, c)
	}
	switch body := it.Body.(type) {
	case wire.Accept:
		e.takeAccept(now, c, body)
	case wire.Profile:
		e.takeProfile(now, c, body)
	case wire.Addresses:
		e.takeAddresses(now, c, body)
	case wire.Text:
		e.takeText(now, c, body)
	case wire.Read:
		e.takeRead(now, c, body)
	case wire.Timer:
		return e.takeTimer(now, c, body)
	case wire.FileOffer:
		return e.takeOffer(now, c, body)
	case wire.FileAnswer:
		e.takeAnswer(now, c, body)
	}
	return nil
}
