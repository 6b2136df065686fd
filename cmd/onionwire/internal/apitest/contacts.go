package apitest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Befriend adds a contact who has accepted, with a conversation. It returns both numbers.
func (f *Fake) Befriend(name string) (ledger.ContactID, ledger.ConversationID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.addContact(name, rpc.AcceptedContact)
	f.happen(ledger.ContactChanged, rpc.Event{Contact: c.ID})
	return c.ID, f.converse(c).ID
}

// Ask has a stranger ask to become a contact.
func (f *Fake) Ask(name, introduction string) ledger.ContactID {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.addContact(name, rpc.AskingContact)
	c.Introduction = introduction
	f.happen(ledger.RequestReceived, rpc.Event{Contact: c.ID})
	return c.ID
}

// SetContact changes a contact as if the node had found that out.
func (f *Fake) SetContact(id ledger.ContactID, change func(c *rpc.Contact)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.contacts[id])
	f.contactChanged(id)
}

// Appear changes what the node says of a contact's presence, and tells it.
func (f *Fake) Appear(id ledger.ContactID, p rpc.Presence) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.presence[id] = p
	f.signal(rpc.Event{Kind: rpc.PresenceChanged, Contact: id, Presence: &p})
}

func (f *Fake) addContact(name string, state rpc.ContactState) *rpc.Contact {
	id := ledger.ContactID(len(f.contacts) + 1)
	c := &rpc.Contact{
		ID: id, Peer: fmt.Sprintf("12D3KooW%036d", id), Name: name, State: state, Changed: f.tick(), Added: rpc.TimeOf(f.now),
	}
	f.contacts[id] = c
	return c
}

// converse makes the conversation with a contact.
func (f *Fake) converse(c *rpc.Contact) *rpc.Conversation {
	id := ledger.ConversationID(len(f.conversations) + 1)
	talk := &rpc.Conversation{
		ID: id, Kind: rpc.DirectConversation, Added: rpc.TimeOf(f.now), Members: []ledger.ContactID{c.ID},
	}
	f.conversations[id] = talk
	c.Conversation = id
	return talk
}

func (f *Fake) contactChanged(id ledger.ContactID) {
	f.happen(ledger.ContactChanged, rpc.Event{Contact: id, Conversation: f.contacts[id].Conversation})
}

// Contacts returns all contacts, in the order of their numbers.
func (f *Fake) Contacts(ctx context.Context) ([]rpc.Contact, error) {
	if err := f.enter(ctx, "Contacts"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	all := make([]rpc.Contact, 0, len(f.contacts))
	for _, c := range f.contacts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b rpc.Contact) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// Contact returns one contact.
func (f *Fake) Contact(ctx context.Context, id ledger.ContactID) (rpc.Contact, error) {
	if err := f.enter(ctx, "Contact"); err != nil {
		return rpc.Contact{}, err
	}
	defer f.mu.Unlock()
	if c := f.contacts[id]; c != nil {
		return *c, nil
	}
	return rpc.Contact{}, notFound("contact")
}

// AddContact asks somebody, who does not answer until SetContact says so.
func (f *Fake) AddContact(ctx context.Context, link contactlink.Link, o rpc.AddOptions) (rpc.Contact, error) {
	if err := f.enter(ctx, "AddContact"); err != nil {
		return rpc.Contact{}, err
	}
	defer f.mu.Unlock()
	for _, c := range f.contacts {
		if c.Peer == link.Peer.String() {
			return *c, nil
		}
	}
	c := f.addContact("", rpc.RequestedContact)
	c.Peer, c.Alias, c.Introduction = link.Peer.String(), o.Alias, o.Introduction
	f.converse(c)
	f.contactChanged(c.ID)
	return *c, nil
}

// AcceptContact says yes to a request.
func (f *Fake) AcceptContact(ctx context.Context, id ledger.ContactID) error {
	return f.answer(ctx, "AcceptContact", id, func(c *rpc.Contact) {
		c.State = rpc.AcceptedContact
		f.converse(c)
	})
}

// RejectContact says no to a request.
func (f *Fake) RejectContact(ctx context.Context, id ledger.ContactID) error {
	return f.answer(ctx, "RejectContact", id, func(c *rpc.Contact) { c.State = rpc.RejectedContact })
}

// answer changes a contact who asks.
func (f *Fake) answer(ctx context.Context, method string, id ledger.ContactID, change func(c *rpc.Contact)) error {
	return f.change(ctx, method, id, func(c *rpc.Contact) error {
		if c.State != rpc.AskingContact {
			return rpc.ErrState
		}
		change(c)
		return nil
	})
}

// change changes a contact.
func (f *Fake) change(ctx context.Context, method string, id ledger.ContactID, change func(c *rpc.Contact) error) error {
	if err := f.enter(ctx, method); err != nil {
		return err
	}
	defer f.mu.Unlock()
	c := f.contacts[id]
	if c == nil {
		return notFound("contact")
	}
	if err := change(c); err != nil {
		return err
	}
	c.Changed = f.tick()
	f.contactChanged(id)
	return nil
}

// AskAgain does nothing but to look for the contact.
func (f *Fake) AskAgain(ctx context.Context, id ledger.ContactID) error {
	return f.change(ctx, "AskAgain", id, func(c *rpc.Contact) error {
		c.Forgotten = false
		return nil
	})
}

// BlockContact blocks a contact.
func (f *Fake) BlockContact(ctx context.Context, id ledger.ContactID) error {
	return f.change(ctx, "BlockContact", id, func(c *rpc.Contact) error {
		c.State = rpc.BlockedContact
		delete(f.presence, id)
		return nil
	})
}

// UnblockContact undoes that.
func (f *Fake) UnblockContact(ctx context.Context, id ledger.ContactID) error {
	return f.change(ctx, "UnblockContact", id, func(c *rpc.Contact) error {
		if c.State != rpc.BlockedContact {
			return rpc.ErrState
		}
		c.State = rpc.AcceptedContact
		return nil
	})
}

// DeleteContact forgets a contact and the conversation, whatever is asked for.
func (f *Fake) DeleteContact(ctx context.Context, id ledger.ContactID, _ bool) error {
	if err := f.enter(ctx, "DeleteContact"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	c := f.contacts[id]
	if c == nil {
		return notFound("contact")
	}
	delete(f.contacts, id)
	delete(f.conversations, c.Conversation)
	delete(f.messages, c.Conversation)
	f.happen(ledger.ContactDeleted, rpc.Event{Contact: id, Conversation: c.Conversation})
	return nil
}

// UpdateContact changes what we have set about a contact.
func (f *Fake) UpdateContact(ctx context.Context, id ledger.ContactID, u rpc.ContactUpdate) (rpc.Contact, error) {
	err := f.change(ctx, "UpdateContact", id, func(c *rpc.Contact) error {
		set(&c.Alias, u.Alias)
		set(&c.Muted, u.Muted)
		set(&c.KeepConnected, u.KeepConnected)
		set(&c.Expiry, u.Expiry)
		set(&c.Silent, u.Silent)
		return nil
	})
	if err != nil {
		return rpc.Contact{}, err
	}
	return f.Contact(ctx, id)
}

// Number is the safety number of every contact of a Fake.
const Number = "12345 67890 12345 67890 12345 67890 12345 67890 12345 67890 12345 67890"

// SafetyNumber returns Number.
func (f *Fake) SafetyNumber(ctx context.Context, id ledger.ContactID) (rpc.SafetyNumber, error) {
	if err := f.enter(ctx, "SafetyNumber"); err != nil {
		return rpc.SafetyNumber{}, err
	}
	defer f.mu.Unlock()
	if f.contacts[id] == nil {
		return rpc.SafetyNumber{}, notFound("contact")
	}
	return rpc.SafetyNumber{
		Digits: Number,
		Words:  "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid",
		Code:   "ONIONWIRE-SAFETY:0123456789",
	}, nil
}

// VerifyContact compares digits.
func (f *Fake) VerifyContact(ctx context.Context, id ledger.ContactID, typed string) (matches bool, err error) {
	err = f.change(ctx, "VerifyContact", id, func(c *rpc.Contact) error {
		digits := func(s string) string {
			return string(slices.DeleteFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' }))
		}
		if len(digits(typed)) != len(digits(Number)) {
			return fmt.Errorf("%w: no safety number", rpc.ErrInvalid)
		}
		matches = digits(typed) == digits(Number)
		c.Verified = matches
		return nil
	})
	return matches, err
}

// Presence returns what Appear has said, or that a contact is offline.
func (f *Fake) Presence(ctx context.Context, id ledger.ContactID) (rpc.Presence, error) {
	if err := f.enter(ctx, "Presence"); err != nil {
		return rpc.Presence{}, err
	}
	defer f.mu.Unlock()
	if f.contacts[id] == nil {
		return rpc.Presence{}, notFound("contact")
	}
	if p, there := f.presence[id]; there {
		return p, nil
	}
	return rpc.Presence{State: rpc.Offline}, nil
}
