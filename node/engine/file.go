package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// NewFile is a file to be offered.
type NewFile struct {
	Path string
	Name string
	Type string
	Size uint64
	Hash [32]byte
}

// OfferFile offers a file in a conversation of two. It fails with ErrNotFound,
// ErrNotContact, ErrBlocked, ErrQueueFull or ErrInvalid.
func (e *Engine) OfferFile(now time.Time, id ledger.ConversationID, n NewFile) (ledger.File, error) {
	_, members, err := e.members(id)
	if err != nil {
		return ledger.File{}, err
	}
	if len(members) != 1 || e.open(members[0], false) >= MaxOffers {
		return ledger.File{}, fmt.Errorf("%w: files", ErrQueueFull)
	}
	f := ledger.File{
		Number: e.counters.File + 1, Conversation: id, Contact: members[0].ID, Key: make([]byte, 32),
		Name: n.Name, Type: n.Type, Size: n.Size, Hash: n.Hash, Path: n.Path,
		State: ledger.Offered, Added: now, Changed: now,
	}
	if err := e.random(f.ID[:]); err != nil {
		return ledger.File{}, err
	}
	if err := e.random(f.Key); err != nil {
		return ledger.File{}, err
	}
	offer := wire.FileOffer{
		ID: wire.FileID(f.ID), Key: [32]byte(f.Key), Name: f.Name, Size: f.Size, Type: f.Type, SHA256: f.Hash,
	}
	if err := e.enqueue(now, members[0], ledger.Ordinary, offer, 0, time.Time{}); err != nil {
		return ledger.File{}, err
	}
	members[0].urgent = true
	e.counters.File = f.Number
	e.files[f.Number] = &f
	e.putFile(now, &f, ledger.FileOffered)
	return f, nil
}

// open counts the files of a contact that are not final.
func (e *Engine) open(c *contact, incoming bool) (n int) {
	for _, f := range e.files {
		if f.Contact == c.ID && f.Incoming == incoming {
			n++
		}
	}
	return n
}

// putFile keeps a file, and tells. One that is final leaves the memory, and its key
// is gone.
func (e *Engine) putFile(now time.Time, f *ledger.File, kind ledger.EventKind) {
	f.Changed = now
	if f.State.Final() {
		clear(f.Key)
		f.Key = nil
		delete(e.files, f.Number)
	}
	e.change(ledger.PutFile{File: *f})
	e.happened(now, ledger.Event{
		Kind: kind, Contact: f.Contact, Conversation: f.Conversation, File: f.Number, FileState: f.State,
	})
	if c := e.contacts[f.Contact]; c != nil {
		e.touch(c)
	}
}

// takeOffer takes that a contact offers a file.
func (e *Engine) takeOffer(now time.Time, c *contact, o wire.FileOffer) error {
	if e.open(c, true) >= MaxOffers || e.fileOf(c, ledger.FileID(o.ID), true) != nil {
		return e.answer(now, c, ledger.FileID(o.ID), wire.FileDeclined)
	}
	e.counters.File++
	f := &ledger.File{
		Number: e.counters.File, Conversation: e.converse(now, c), Contact: c.ID, ID: ledger.FileID(o.ID),
		Incoming: true, Key: slices.Clone(o.Key[:]), Name: o.Name, Type: o.Type, Size: o.Size, Hash: o.SHA256,
		State: ledger.Offered, Added: now,
	}
	e.files[f.Number] = f
	e.putFile(now, f, ledger.FileOffered)
	if c.Verified && o.Size <= e.settings.AutoAccept {
		e.out.Signals = append(e.out.Signals, AutoAccept{File: f.Number})
	}
	return nil
}

// answer tells a contact what becomes of a file.
func (e *Engine) answer(now time.Time, c *contact, id ledger.FileID, a wire.Answer) error {
	return e.enqueue(now, c, ledger.Ordinary, wire.FileAnswer{ID: wire.FileID(id), Answer: a}, 0, time.Time{})
}

// fileOf returns a file of a contact that is not final, or nil.
func (e *Engine) fileOf(c *contact, id ledger.FileID, incoming bool) *ledger.File {
	for _, f := range e.files {
		if f.Contact == c.ID && f.ID == id && f.Incoming == incoming {
			return f
		}
	}
	return nil
}

// takeAnswer takes what a contact says of a file. What does not fit is passed over:
// it crosses with what we have said.
func (e *Engine) takeAnswer(now time.Time, c *contact, a wire.FileAnswer) {
	outgoing := e.fileOf(c, ledger.FileID(a.ID), false)
	incoming := e.fileOf(c, ledger.FileID(a.ID), true)
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
// and then to path. It fails with ErrNotFound, ErrState or ErrQueueFull.
func (e *Engine) AcceptFile(now time.Time, n ledger.FileNumber, path, draft string) error {
	f, c, err := e.file(n, ledger.Offered)
	if err != nil {
		return err
	}
	if !f.Incoming {
		return ErrState
	}
	if err := e.answer(now, c, f.ID, wire.FileAccepted); err != nil {
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
	if err := e.answer(now, c, f.ID, a); err != nil {
		return err
	}
	f.State = s
	e.putFile(now, f, ledger.FileChanged)
	return nil
}

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

// Incoming returns the files that are to be fetched from a contact now.
func (e *Engine) Incoming(id ledger.ContactID) (all []ledger.File) {
	for _, f := range e.files {
		if f.Contact == id && f.Incoming && f.State == ledger.Moving {
			all = append(all, *f)
		}
	}
	return all
}

// Outgoing returns a file that a contact may fetch now. It fails with ErrNotFound or
// ErrState.
func (e *Engine) Outgoing(peer []byte, id ledger.FileID) (ledger.File, error) {
	c := e.byPeer[string(peer)]
	if c == nil || c.State != ledger.Accepted {
		return ledger.File{}, ErrNotFound
	}
	f := e.fileOf(c, id, false)
	switch {
	case f == nil:
		return ledger.File{}, ErrNotFound
	case f.State != ledger.Moving && f.State != ledger.Offered:
		return ledger.File{}, ErrState
	}
	return *f, nil
}

// moving reports whether a file moves, or could, between us and a contact.
func (e *Engine) moving(c *contact) bool {
	for _, f := range e.files {
		if f.Contact == c.ID && f.State == ledger.Moving {
			return true
		}
	}
	return false
}

// withdrawAll ends the files of a contact, who is not told.
func (e *Engine) withdrawAll(now time.Time, c *contact) {
	for _, f := range e.files {
		if f.Contact == c.ID {
			f.State = ledger.Withdrawn
			e.putFile(now, f, ledger.FileChanged)
		}
	}
}

// Fetches returns the files that can be fetched now: their contacts are there.
func (e *Engine) Fetches() (all []ledger.File) {
	for _, f := range e.files {
		if c := e.contacts[f.Contact]; f.Incoming && f.State == ledger.Moving && c != nil && c.current != nil {
			all = append(all, *f)
		}
	}
	return all
}

// Refusal says why a file of ours may not be sent on: with ErrNotFound or ErrState.
func (e *Engine) Refusal(n ledger.FileNumber) error {
	switch f := e.files[n]; {
	case f == nil:
		return ErrNotFound
	case f.State != ledger.Moving && f.State != ledger.Offered:
		return ErrState
	}
	return nil
}
