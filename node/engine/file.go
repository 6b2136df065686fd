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
	// Modified is when it was last changed.
	Modified time.Time
	Name     string
	Type     string
	Size     uint64
	Hash     [32]byte
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
	if e.full(members[0]) || members[0].offers(false) >= MaxOffers {
		return ledger.File{}, ErrQueueFull
	}
	f := &ledger.File{
		Number: e.counters.File + 1, Conversation: id, Contact: members[0].ID, Key: make([]byte, 32),
		Name: n.Name, Type: n.Type, Size: n.Size, Hash: n.Hash, Path: n.Path, Modified: n.Modified,
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
	if f.Incoming && f.State.Final() {
		e.remember(c, ledger.Ended{Number: f.Number, Contact: c.ID, ID: f.ID, State: f.State})
	}
	e.touch(c)
}

// remember notes that a file of a contact has ended, so that it is not offered again.
// Of too many, the oldest goes that has not arrived, or else the oldest.
func (e *Engine) remember(c *contact, f ledger.Ended) {
	c.ended = append(c.ended, f)
	if len(c.ended) > MaxEnded {
		i := max(0, slices.IndexFunc(c.ended, func(f ledger.Ended) bool { return f.State != ledger.Arrived }))
		e.change(ledger.DropFile{File: c.ended[i].Number})
		c.ended = slices.Delete(c.ended, i, i+1)
	}
}

// takeOffer takes that a contact offers a file.
func (e *Engine) takeOffer(now time.Time, c *contact, o wire.FileOffer) error {
	id := ledger.FileID(o.ID)
	if c.file(id, true) != nil || slices.ContainsFunc(c.ended, func(f ledger.Ended) bool { return f.ID == id }) {
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
	e.autoAccept(c, f)
	return nil
}

// autoAccept tells if a file may be accepted without asking.
func (e *Engine) autoAccept(c *contact, f *ledger.File) {
	most := e.settings.AutoAccept
	if f.Incoming && f.State == ledger.Offered && c.Verified && most > 0 && f.Size <= most {
		e.out.Signals = append(e.out.Signals, AutoAccept{File: f.Number})
	}
}
