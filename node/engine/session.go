package engine

import (
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
)

// Loaded reports whether the engine has the sessions of a contact. Otherwise Load has
// to be called before Opening, AddSession and LinkUp.
func (e *Engine) Loaded(id ledger.ContactID) bool {
	c := e.contacts[id]
	return c != nil && c.sessions != nil
}

// Load gives the engine what the store has. It keeps the slices. Sessions that
// cannot be read count as lost; the error says why, and is no reason to stop. What is
// not used for a link before the next Flush is forgotten again.
func (e *Engine) Load(now time.Time, id ledger.ContactID, l Loaded) (err error) {
	c := e.contacts[id]
	if c == nil || c.sessions != nil {
		return nil
	}
	c.sessions = new(e2ee.Sessions)
	for _, row := range l.Sessions {
		session, failed := e2ee.LoadSession(e.cfg.Key, row.ID[:], row.Saved)
		if failed == nil {
			_, failed = c.sessions.Add(session, now)
		}
		if failed != nil {
			err = fmt.Errorf("session: %w", failed)
			e.change(ledger.DropSession{Contact: c.ID, ID: row.ID})
		}
	}
	e.sweep(now, c)
	stored := make(map[uint64][]byte)
	for _, cell := range l.Cells {
		stored[cell.First] = cell.Cell
	}
	for _, cell := range c.cells {
		cell.Cell = stored[cell.First]
	}
	e.touch(c)
	return err
}

// sweep forgets sessions that have not been used for long, and keys that are too old.
func (e *Engine) sweep(now time.Time, c *contact) {
	if c.sessions != nil {
		e.drop(c, c.sessions.Expire(now))
		e.touch(c)
	}
}

// drop forgets the stored form of sessions that are gone.
func (e *Engine) drop(c *contact, gone []e2ee.SessionID) {
	for _, id := range gone {
		e.change(ledger.DropSession{Contact: c.ID, ID: ledger.SessionID(id)})
	}
}

// loaded returns a contact whose sessions are here.
func (e *Engine) loaded(id ledger.ContactID) (*contact, error) {
	c, err := e.contactOf(id)
	if err == nil && c.sessions == nil {
		err = fmt.Errorf("%w: sessions, which nobody has loaded", ErrNotFound)
	}
	return c, err
}

// AddSession takes over the session of a handshake with a contact: at its initiator
// before the last message leaves, at its responder when that has come. knowsUs is
// what the other side says. LinkUp follows, or Suspend. It fails with ErrNotFound.
func (e *Engine) AddSession(now time.Time, id ledger.ContactID, session *e2ee.Session, knowsUs bool) error {
	c, err := e.loaded(id)
	if err != nil {
		session.Close()
		return err
	}
	if err := e.saveSessions(c); err != nil { // or those that go would not be in the store
		return err
	}
	name := session.SessionID()
	gone, err := c.sessions.Add(session, now)
	if err != nil {
		return err
	}
	e.drop(c, gone)
	c.handshake = false
	if c.held == nil {
		c.held = make(map[e2ee.SessionID]bool)
	}
	c.held[name] = true
	if c.State == ledger.Accepted && c.Forgotten == knowsUs {
		c.Forgotten = !knowsUs
		e.put(now, c)
	}
	e.touch(c)
	return nil
}

// Suspend says that the handshake of a session ended before there was a link. Of one that
// has a link, or had, it means nothing.
func (e *Engine) Suspend(id ledger.ContactID, session e2ee.SessionID) {
	if c := e.contacts[id]; c != nil && c.held[session] {
		delete(c.held, session)
		c.sessions.Suspend(session)
		e.touch(c)
	}
}
