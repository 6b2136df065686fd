package engine

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// Needs returns the items whose contents the next Flush can use, which Provide then
// gives.
func (e *Engine) Needs(now time.Time) []ledger.ItemID {
	e.settle(now)
	var all []ledger.ItemID
	e.needed = nil
	for _, c := range e.touched {
		if c.current == nil {
			continue
		}
		room := c.room()
		for _, it := range c.queue[c.sealed():] {
			if room -= wire.ItemSize(it.size); room < 0 || !c.may(it) {
				break
			}
			if it.Content == nil {
				all = append(all, it.ID)
				if e.needed == nil {
					e.needed = make(map[ledger.ItemID]*item)
				}
				e.needed[it.ID] = it
			}
		}
	}
	return all
}

// Provide gives the content of an item, which the engine keeps.
func (e *Engine) Provide(id ledger.ItemID, content []byte) {
	if it := e.needed[id]; it != nil {
		it.contact.hold(it, content)
	}
}

// hold gives an item its content, or takes it away: it is in the store.
func (c *contact) hold(it *item, content []byte) {
	if it.Content != nil {
		c.contents--
	}
	if it.Content = content; content != nil {
		c.contents++
	}
}

// room returns how many bytes may be sealed for a contact now.
func (c *contact) room() int {
	if len(c.cells) >= MaxInFlight {
		return 0
	}
	room := MaxInFlightBytes
	for _, cell := range c.cells {
		room -= len(cell.Cell)
	}
	return room
}

// lacks reports whether the next item could be sealed if its content were here.
func (c *contact) lacks() bool {
	n := c.sealed()
	return n < len(c.queue) && c.queue[n].Content == nil && c.may(c.queue[n]) &&
		wire.ItemSize(c.queue[n].size) <= c.room()
}
