package engine

import (
	"maps"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// PauseFile lets a file wait here until ResumeFile. Both fail with ErrNotFound or
// ErrState.
func (e *Engine) PauseFile(now time.Time, n ledger.FileNumber) error {
	return e.turn(now, n, ledger.Moving, ledger.Paused)
}

// ResumeFile goes on with one.
func (e *Engine) ResumeFile(now time.Time, n ledger.FileNumber) error {
	return e.turn(now, n, ledger.Paused, ledger.Moving)
}

func (e *Engine) turn(now time.Time, n ledger.FileNumber, from, to ledger.FileState) error {
	f, _, err := e.file(n, from)
	if err != nil {
		return err
	}
	f.State = to
	e.putFile(now, f, ledger.FileChanged)
	return nil
}

// FileWritten notes how many chunks of an incoming file are on the disk for good.
func (e *Engine) FileWritten(n ledger.FileNumber, chunks uint64) {
	if f := e.files[n]; f != nil && f.Incoming {
		f.Chunks = chunks
		e.change(ledger.PutFile{File: *f})
	}
}

// FileArrived says that an incoming file is whole, and where it is. It fails as
// AcceptFile does.
func (e *Engine) FileArrived(now time.Time, n ledger.FileNumber, path string) error {
	f, c, err := e.file(n, ledger.Moving, ledger.Paused)
	if err != nil {
		return err
	}
	if !f.Incoming {
		return ErrState
	}
	f.Path, f.Draft = path, ""
	return e.finish(now, f, c, ledger.Arrived, wire.FileArrived)
}

// FileBroken says that a file cannot be completed, and why, for people. It fails as
// AcceptFile does.
func (e *Engine) FileBroken(now time.Time, n ledger.FileNumber, why string) error {
	f, c, err := e.file(n, ledger.Offered, ledger.Moving, ledger.Paused)
	if err != nil {
		return err
	}
	f.Why = why
	return e.finish(now, f, c, ledger.Broken, wire.FileBroken)
}

// Fetches returns the files that are to be fetched now, in the order of their numbers:
// those of contacts who are there.
func (e *Engine) Fetches() (all []ledger.File) {
	for _, number := range slices.Sorted(maps.Keys(e.files)) {
		f := e.files[number]
		if f.Incoming && f.State == ledger.Moving && e.plan.Online(f.Contact) {
			all = append(all, given(f))
		}
	}
	return all
}

// Outgoing returns a file that a contact may fetch now. It fails with ErrNotFound or
// ErrState.
func (e *Engine) Outgoing(peer []byte, id ledger.FileID) (ledger.File, error) {
	c := e.byPeer[string(peer)]
	if c == nil {
		return ledger.File{}, ErrNotFound
	}
	f := c.file(id, false)
	if f == nil {
		return ledger.File{}, ErrNotFound
	}
	if err := e.Refusal(f.Number); err != nil {
		return ledger.File{}, err
	}
	return given(f), nil
}

// Refusal says why nobody may fetch a file now: ErrNotFound or ErrState. One that was
// offered may be fetched: that it was accepted may be on its way.
func (e *Engine) Refusal(n ledger.FileNumber) error {
	f := e.files[n]
	if f == nil || f.Incoming || e.contacts[f.Contact].State != ledger.Accepted {
		return ErrNotFound
	}
	if f.State != ledger.Moving && f.State != ledger.Offered {
		return ErrState
	}
	return nil
}

// given returns a copy of a file that is the caller's.
func given(f *ledger.File) ledger.File {
	own := *f
	own.Key = slices.Clone(f.Key)
	return own
}

// withdrawAll ends the files of a contact, who is not told: see BlockContact.
func (e *Engine) withdrawAll(now time.Time, c *contact) {
	for _, f := range slices.Clone(c.files) {
		f.State = ledger.Withdrawn
		e.putFile(now, f, ledger.FileChanged)
	}
}
