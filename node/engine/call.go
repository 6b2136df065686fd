package engine

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// Call says that somebody waits for a link with a contact although there is nothing to
// say, or, with on false, that they do not any more. Each who waits says both. It fails
// with ErrNotFound, ErrNotContact or ErrBlocked.
func (e *Engine) Call(now time.Time, id ledger.ContactID, on bool) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	switch {
	case !on:
		c.callers = max(c.callers-1, 0)
	case c.State == ledger.Blocked:
		return ErrBlocked
	case c.State != ledger.Accepted:
		return ErrNotContact
	default:
		c.callers++
	}
	e.touch(c)
	return nil
}
