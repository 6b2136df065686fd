package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// answer tells a contact what becomes of a file.
func (e *Engine) answer(c *contact, id ledger.FileID, a wire.Answer) error {
	return e.say(c, wire.FileAnswer{ID: wire.FileID(id), Answer: a})
}

// takeAnswer takes what a contact says of a file. What does not fit is passed over:
// it crosses with what we have said.
func (e *Engine) takeAnswer(now time.Time, c *contact, a wire.FileAnswer) {
	outgoing := c.file(ledger.FileID(a.ID), false)
	incoming := c.file(ledger.FileID(a.ID), true)
	switch {
	case outgoing != nil:
		e.answered(now, outgoing, a.Answer)
	case incoming != nil && a.Answer == wire.FileWithdrawn:
		incoming.State = ledger.Withdrawn
		e.putFile(now, incoming, ledger.FileChanged)
	case incoming != nil && a.Answer == wire.FileBroken:
		incoming.State, incoming.Why = ledger.Broken, "the sender cannot go on"
		e.putFile(now, incoming, ledger.FileChanged)
	}
}

// answered takes what the receiver of a file of ours says.
func (e *Engine) answered(now time.Time, f *ledger.File, a wire.Answer) {
	switch a {
	case wire.FileAccepted:
		if f.State != ledger.Offered {
			return
		}
		f.State = ledger.Moving
	case wire.FileDeclined:
		f.State = ledger.Declined
	case wire.FileWithdrawn:
		f.State = ledger.Withdrawn
	case wire.FileArrived:
		f.State = ledger.Arrived
	case wire.FileBroken:
		f.State, f.Why = ledger.Broken, "the receiver cannot go on"
	default:
		return
	}
	e.putFile(now, f, ledger.FileChanged)
}

// file returns a file that is in one of some states.
func (e *Engine) file(n ledger.FileNumber, states ...ledger.FileState) (*ledger.File, *contact, error) {
	f := e.files[n]
	if f == nil {
		return nil, nil, fmt.Errorf("%w: file", ErrNotFound)
	}
	if !slices.Contains(states, f.State) {
		return nil, nil, ErrState
	}
	c, err := e.contactOf(f.Contact)
	return f, c, err
}

// AcceptFile accepts a file that was offered, to be written to draft until it is whole
// and then to path. It fails with ErrNotFound or ErrState.
func (e *Engine) AcceptFile(now time.Time, n ledger.FileNumber, path, draft string) error {
	f, c, err := e.file(n, ledger.Offered)
	if err != nil {
		return err
	}
	if !f.Incoming {
		return ErrState
	}
	if err := e.answer(c, f.ID, wire.FileAccepted); err != nil {
		return err
	}
	c.urgent = true
	f.State, f.Path, f.Draft = ledger.Moving, path, draft
	e.putFile(now, f, ledger.FileChanged)
	return nil
}

// DeclineFile declines one. It fails as AcceptFile does.
func (e *Engine) DeclineFile(now time.Time, n ledger.FileNumber) error {
	f, c, err := e.file(n, ledger.Offered)
	if err != nil {
		return err
	}
	if !f.Incoming {
		return ErrState
	}
	return e.finish(now, f, c, ledger.Declined, wire.FileDeclined)
}

// WithdrawFile calls a file off, sent or received. It fails as AcceptFile does.
func (e *Engine) WithdrawFile(now time.Time, n ledger.FileNumber) error {
	f, c, err := e.file(n, ledger.Offered, ledger.Moving, ledger.Paused)
	if err != nil {
		return err
	}
	return e.finish(now, f, c, ledger.Withdrawn, wire.FileWithdrawn)
}

// finish ends a file, and lets the contact know.
func (e *Engine) finish(now time.Time, f *ledger.File, c *contact, s ledger.FileState, a wire.Answer) error {
	if err := e.answer(c, f.ID, a); err != nil {
		return err
	}
	f.State = s
	e.putFile(now, f, ledger.FileChanged)
	return nil
}
