package engine

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// contact is what the engine has of a contact.
type contact struct {
	ledger.Contact
	conversation ledger.ConversationID // of the two, 0 if there is none

	streams        ledger.Streams
	streamsChanged bool
	queue          []*item
	contents       int            // how many items have their content in memory
	cells          []*ledger.Cell // unconfirmed, in their order; bytes only while loaded
	files          []*ledger.File // those whose state is not final, in the order of their numbers
	ended          []ledger.Ended // those from the contact whose state is, the oldest first
	typing         bool           // a hint is to be sent
	typed          time.Time      // when one was last
	urgent         bool           // somebody waits for what is queued
	callers        int            // how many wait for a link with nothing to say
	doubt          bool           // nothing was heard since the start: we may have been set back

	sessions  *e2ee.Sessions // nil: not loaded
	handshake bool           // the next link of ours begins with one
	healed    time.Time      // when one was last wanted for a cell that did not open

	current *link                   // what is written on
	linked  int                     // how many links there are
	held    map[e2ee.SessionID]bool // those whose links are still to come
	answer  bool                    // something is to be confirmed
	online  bool                    // what was last told
	touched bool                    // the next Flush looks at it
	told    bool                    // it is told since the last Flush that it has changed
	erased  bool                    // deleted
}

// reachable reports whether the contact is somebody to connect to.
func (c *contact) reachable() bool {
	return c.State == ledger.Accepted || c.State == ledger.Requested || c.State == ledger.Asking
}

// guest reports whether the contact is somebody who has asked, and nothing more.
func (c *contact) guest() bool { return c.State != ledger.Accepted && c.State != ledger.Requested }

// take reports whether what we have to say to the contact may be sealed: to somebody
// who has not accepted yet, only the request may.
func (c *contact) take(it *item) bool {
	return c.State == ledger.Accepted || c.State == ledger.Requested && it.Kind == ledger.Asks
}

// may reports whether what we have to say may be sealed now: while it is in doubt how
// far the contact is, or it does not know us and would refuse it, no more than the
// request, without which a stranger says nothing.
func (c *contact) may(it *item) bool {
	return c.take(it) && (!c.doubt && !c.Forgotten || it.Kind == ledger.Asks)
}

// sorted returns all contacts in the order of their numbers.
func (e *Engine) sorted() []*contact {
	return slices.SortedFunc(maps.Values(e.contacts), func(a, b *contact) int { return cmp.Compare(a.ID, b.ID) })
}

// PeerOf returns the peer ID of a contact in binary form. It fails with ErrNotFound.
func (e *Engine) PeerOf(id ledger.ContactID) ([]byte, error) {
	c, err := e.contactOf(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.Peer), nil
}

// contactOf returns a contact.
func (e *Engine) contactOf(id ledger.ContactID) (*contact, error) {
	if c := e.contacts[id]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("%w: contact", ErrNotFound)
}

// ContactUpdate changes what is not nil.
type ContactUpdate struct {
	Alias         *string
	Muted         *bool
	Verified      *bool
	KeepConnected *bool
	Silent        *bool
	Expiry        *time.Duration
}

// UpdateContact changes how we see a contact, which is told to nobody. It fails with
// ErrNotFound, or ErrInvalid if the alias could be nobody's name.
func (e *Engine) UpdateContact(now time.Time, id ledger.ContactID, u ContactUpdate) error {
	c, err := e.contactOf(id)
	if err != nil {
		return err
	}
	if u.Alias != nil {
		if err := checkName(*u.Alias); err != nil {
			return err
		}
	}
	before := c.Contact
	set(&c.Alias, u.Alias)
	set(&c.Muted, u.Muted)
	set(&c.Verified, u.Verified)
	set(&c.Silent, u.Silent)
	set(&c.Expiry, u.Expiry)
	set(&c.KeepConnected, u.KeepConnected)
	if c.reachable() {
		e.plan.KeepConnected(now, c.ID, c.KeepConnected && c.State == ledger.Accepted)
	}
	if seen(before) != seen(c.Contact) {
		e.put(now, c)
	}
	return nil
}

// seen is what UpdateContact can change.
func seen(c ledger.Contact) any {
	return [...]any{c.Alias, c.Muted, c.Verified, c.KeepConnected, c.Silent, c.Expiry}
}

// checkName checks a name that we give somebody under the rules for those that people
// give themselves.
func checkName(name string) error {
	_, err := encode(wire.Profile{Name: name})
	return err
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// put keeps a contact that has changed, and tells, but once in what is kept together.
func (e *Engine) put(now time.Time, c *contact) {
	e.change(ledger.PutContact{Contact: c.Contact})
	if !c.told {
		c.told = true
		e.happened(now, ledger.Event{Kind: ledger.ContactChanged, Contact: c.ID, Conversation: c.conversation})
	}
	e.touch(c)
}

// called takes over what a contact says of itself, and reports whether it is new.
func (c *contact) called(name string, addresses []ledger.Address) bool {
	same := c.Name == name && slices.EqualFunc(c.Addresses, addresses, func(a, b ledger.Address) bool {
		return a.Onion == b.Onion && a.Port == b.Port && bytes.Equal(a.ClientKey, b.ClientKey)
	})
	c.Name, c.Addresses = name, addresses
	return !same
}

// setState changes what we have agreed on with a contact.
func (e *Engine) setState(now time.Time, c *contact, s ledger.ContactState) {
	c.State, c.Changed = s, now
	if s == ledger.Accepted {
		if c.Added.IsZero() {
			c.Added = now
		}
		if e.plan.Online(c.ID) {
			e.present(c, true)
		}
	}
	if c.reachable() {
		e.plan.Add(c.ID, c.Peer)
		e.plan.Guest(c.ID, c.guest())
		e.plan.KeepConnected(now, c.ID, c.KeepConnected && s == ledger.Accepted)
	} else {
		e.cut(now, c)
	}
	e.put(now, c)
}

// cut ends the links with a contact.
func (e *Engine) cut(now time.Time, c *contact) {
	for _, id := range slices.Sorted(maps.Keys(e.links)) {
		if l := e.links[id]; l != nil && l.contact == c {
			e.close(now, l)
		}
	}
	e.plan.Remove(now, c.ID)
}

// restream begins the contact's stream of our items anew, with what waits. What has
// left in the old one stays what can be neither changed nor taken back.
func (e *Engine) restream(c *contact) error {
	var b [8]byte
	for c.streams.Out = 0; c.streams.Out == 0; {
		if _, err := io.ReadFull(e.cfg.Rand, b[:]); err != nil {
			return fmt.Errorf("random source: %w", err)
		}
		c.streams.Out = binary.BigEndian.Uint64(b[:])
	}
	c.streams.Base, c.streams.Sent = 0, uint64(c.gone())
	c.doubt = false
	e.unseal(c)
	c.streamsChanged = true
	e.touch(c)
	return nil
}

// unseal gives up the cells of a contact: what is in them is sealed anew.
func (e *Engine) unseal(c *contact) {
	if len(c.cells) > 0 {
		c.cells = nil
		e.change(ledger.DropCells{Contact: c.ID, Below: math.MaxUint64 >> 1})
	}
	e.touch(c)
}

// converse returns the conversation with a contact alone, and makes it if there is
// none.
func (e *Engine) converse(now time.Time, c *contact) ledger.ConversationID {
	if c.conversation == 0 {
		e.counters.Conversation++
		row := &ledger.Conversation{
			ID: e.counters.Conversation, Kind: ledger.Direct, Added: now, Members: []ledger.ContactID{c.ID},
		}
		e.conversations[row.ID] = row
		c.conversation = row.ID
		e.change(ledger.PutConversation{Conversation: *row})
	}
	return c.conversation
}

// random fills in a name that nobody can guess.
func (e *Engine) random(b []byte) error {
	if _, err := io.ReadFull(e.cfg.Rand, b); err != nil {
		return fmt.Errorf("random source: %w", err)
	}
	return nil
}
