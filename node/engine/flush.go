package engine

import (
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

// touch marks a contact for the next Flush.
func (e *Engine) touch(c *contact) {
	if !c.touched {
		c.touched = true
		e.touched = append(e.touched, c)
	}
}

// Flush returns what has come of everything since it was last called. It fails only
// if the random source does; the engine is of no use then.
func (e *Engine) Flush(now time.Time) (Output, error) {
	for _, c := range e.touched {
		e.want(now, c)
	}
	e.settle(now)
	touched := e.touched
	e.touched = nil
	e.needed, e.dropped, e.named = nil, nil, nil
	for _, c := range touched {
		c.touched, c.told = false, false
		if err := e.pump(now, c); err != nil {
			return Output{}, err
		}
		if err := e.save(c); err != nil {
			return Output{}, err
		}
	}
	e.settle(now)
	out := e.out
	out.More = len(e.touched) > 0
	e.out = Output{}
	return out, nil
}

// want says how much a connection to a contact is wanted.
func (e *Engine) want(now time.Time, c *contact) {
	if !c.reachable() {
		return
	}
	w := reach.Nothing
	switch {
	case !c.pending() && !c.moving():
		c.urgent = false
	case c.urgent:
		w = reach.Urgent
	default:
		w = reach.Background
	}
	if c.callers > 0 && c.State == ledger.Accepted {
		w = reach.Urgent
	}
	e.plan.Want(now, c.ID, w)
}

// settle carries out what the plan says.
func (e *Engine) settle(now time.Time) {
	for _, action := range e.plan.Take() {
		switch a := action.(type) {
		case reach.Dial:
			e.dial(now, a)
		case reach.CancelDial:
			e.out.Dial = append(e.out.Dial, Dial{Contact: a.Contact, Cancel: true})
		case reach.Close:
			e.out.Close = append(e.out.Close, Closing{Link: a.Link, Orderly: a.Orderly})
			if l := e.links[a.Link]; l != nil {
				l.given = true
				if !a.Orderly {
					e.end(now, l)
				}
			}
		case reach.Switch:
			e.switchTo(a)
		case reach.Presence:
			if c := e.contacts[a.Contact]; c != nil && (c.State == ledger.Accepted || !a.Online) {
				e.present(c, a.Online)
			}
		}
	}
}

// present tells whether a contact is there. It is nobody's business whether somebody
// is who is not a contact.
func (e *Engine) present(c *contact, online bool) {
	if c.online != online {
		c.online = online
		e.out.Signals = append(e.out.Signals, Presence{Contact: c.ID, Online: online})
	}
}

// dial orders a dial.
func (e *Engine) dial(now time.Time, a reach.Dial) {
	c := e.contacts[a.Contact]
	if c == nil || len(c.Addresses) == 0 {
		e.plan.DialFailed(now, a.Contact, true)
		return
	}
	e.out.Dial = append(e.out.Dial, Dial{Contact: c.ID, Urgent: a.Urgent, Addresses: c.Addresses})
}

// switchTo writes on another link from now on. It gets all that is not confirmed: what
// was written on the one before may be lost.
func (e *Engine) switchTo(a reach.Switch) {
	c := e.contacts[a.Contact]
	if c == nil {
		return
	}
	c.current, c.typing = e.links[a.Link], false
	if c.current != nil {
		c.current.next = c.streams.Base
		c.answer = c.answer || c.current.owed
	}
	e.touch(c)
}

// save keeps the sessions of a contact that have changed, and how far its streams
// have come. Whatever nobody needs without a link leaves the memory.
func (e *Engine) save(c *contact) error {
	if c.erased {
		return nil
	}
	if err := e.saveSessions(c); err != nil {
		return err
	}
	if c.streamsChanged {
		c.streamsChanged = false
		e.change(ledger.PutStreams{Contact: c.ID, Streams: c.streams})
	}
	if c.linked+len(c.held) == 0 {
		c.unload()
	}
	return nil
}

// saveSessions keeps those that have changed.
func (e *Engine) saveSessions(c *contact) error {
	if c.sessions == nil {
		return nil
	}
	for _, id := range c.sessions.Unsaved() {
		saved, err := c.sessions.Get(id).Save(e.cfg.Key, id[:])
		if err != nil {
			return fmt.Errorf("save a session: %w", err)
		}
		e.change(ledger.PutSession{
			Contact: c.ID, Session: ledger.Session{ID: ledger.SessionID(id), Saved: saved},
		})
	}
	return nil
}

// unload forgets what is in the store as well.
func (c *contact) unload() {
	if c.sessions != nil {
		c.sessions.Close()
		c.sessions = nil
	}
	for _, cell := range c.cells {
		cell.Cell = nil
	}
	for i := len(c.queue) - 1; i >= 0 && c.contents > 0; i-- { // the newest most likely
		c.hold(c.queue[i], nil)
	}
}
