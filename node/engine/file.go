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
	if len(members) != 1 {
		return ledger.File{}, fmt.Errorf("%w: a file to more than one", ErrInvalid)
	}
	if members[0].full() || members[0].offers(false) >= MaxOffers {
		return ledger.File{}, ErrQueueFull
	}
	f := &ledger.File{
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
	if err := e.say(members[0], offer); err != nil {
		return ledger.File{}, err
	}
	members[0].urgent = true
	e.counters.File = f.Number
	e.addFile(f)
	e.putFile(now, f, ledger.FileOffered)
	return given(f), nil
}

// addFile files a file whose state is not final.
func (e *Engine) addFile(f *ledger.File) {
	if c := e.contacts[f.Contact]; c != nil {
		e.files[f.Number] = f
		c.files = append(c.files, f)
	}
}

// offers counts the files from or to a contact.
func (c *contact) offers(incoming bool) (n int) {
	for _, f := range c.files {
		if f.Incoming == incoming {
			n++
		}
	}
	return n
}

// file returns a file by the name that both sides have for it, or nil.
func (c *contact) file(id ledger.FileID, incoming bool) *ledger.File {
	for _, f := range c.files {
		if f.ID == id && f.Incoming == incoming {
			return f
		}
	}
	return nil
}

// moving reports whether a file moves, or could, between us and a contact.
func (c *contact) moving() bool {
	return slices.ContainsFunc(c.files, func(f *ledger.File) bool { return f.State == ledger.Moving })
}

// putFile keeps a file, and tells. One that is final leaves the memory, and its key
// is gone.
func (e *Engine) putFile(now time.Time, f *ledger.File, kind ledger.EventKind) {
	c := e.contacts[f.Contact]
	f.Changed = now
	if f.State.Final() {
		f.Key = nil
		delete(e.files, f.Number)
		c.files = slices.DeleteFunc(c.files, func(other *ledger.File) bool { return other == f })
	}
	e.change(ledger.PutFile{File: given(f)})
	e.happened(now, ledger.Event{
		Kind: kind, Contact: f.Contact, Conversation: f.Conversation, File: f.Number, FileState: f.State,
	})
	e.touch(c)
}

// takeOffer takes that a contact offers a file.
func (e *Engine) takeOffer(now time.Time, c *contact, o wire.FileOffer) error {
	if f := c.file(ledger.FileID(o.ID), true); f != nil {
		return nil // it has begun its items anew, and may not know that we have this one
	}
	if c.offers(true) >= MaxOffers {
		if c.crammed() {
			return nil // it goes on and on, and confirms no answer
		}
		return e.answer(c, ledger.FileID(o.ID), wire.FileDeclined)
	}
	e.counters.File++
	f := &ledger.File{
		Number: e.counters.File, Conversation: e.converse(now, c), Contact: c.ID, ID: ledger.FileID(o.ID),
		Incoming: true, Key: slices.Clone(o.Key[:]), Name: o.Name, Type: o.Type, Size: o.Size, Hash: o.SHA256,
		State: ledger.Offered, Added: now,
	}
	e.addFile(f)
	e.putFile(now, f, ledger.FileOffered)
	if most := e.settings.AutoAccept; c.Verified && most > 0 && o.Size <= most {
		e.out.Signals = append(e.out.Signals, AutoAccept{File: f.Number})
	}
	return nil
}

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
// and then to path. It fails with ErrNotFound, ErrState or ErrQueueFull.
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
