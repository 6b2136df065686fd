package node

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/safety"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// command has the loop carry out what somebody asks for, and names its error.
func (n *Node) command(ctx context.Context, f func(e *engine.Engine, now time.Time) error) error {
	return explain(n.do(ctx, f))
}

// AddContact asks somebody to become a contact, by a link of theirs, or accepts who
// has asked before. The request waits until they can be reached, and their answer is
// an event. Somebody who is a contact already stays one, with the address of the link.
// It fails with ErrInvalid, also for the own link, and ErrState for somebody who is
// blocked.
func (n *Node) AddContact(ctx context.Context, link contactlink.Link, o AddOptions) (Contact, error) {
	if err := link.Check(); err != nil {
		return Contact{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	address := ledger.Address{Onion: [32]byte(link.Onion.PublicKey()), Port: link.Port}
	if link.ClientKey != [32]byte{} {
		address.ClientKey = link.ClientKey[:]
	}
	wanted := engine.NewContact{
		Peer: []byte(link.Peer), Addresses: []ledger.Address{address},
		Name: link.Name, Alias: o.Alias, Introduction: o.Introduction,
	}
	if link.Invite != [16]byte{} {
		wanted.Invite = link.Invite[:]
	}
	var id ledger.ContactID
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		if id, err = e.AddContact(now, wanted); errors.Is(err, engine.ErrExists) {
			return nil
		}
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	return n.Contact(ctx, id)
}

// AcceptContact says yes to a request. It fails with ErrNotFound or ErrState.
func (n *Node) AcceptContact(ctx context.Context, id ledger.ContactID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.AcceptContact(now, id) })
}

// RejectContact says no to a request. They are not told, and can ask again a day
// later. It fails with ErrNotFound or ErrState.
func (n *Node) RejectContact(ctx context.Context, id ledger.ContactID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.RejectContact(now, id) })
}

// AskAgain asks somebody once more who has not answered, or who says that they do not
// know us any more. It fails with ErrNotFound, or ErrState if there is nothing to ask.
func (n *Node) AskAgain(ctx context.Context, id ledger.ContactID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.AskAgain(now, id) })
}

// BlockContact takes nothing from somebody any more. They are not told. It fails with
// ErrNotFound.
func (n *Node) BlockContact(ctx context.Context, id ledger.ContactID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.BlockContact(now, id) })
}

// UnblockContact undoes that. It fails with ErrNotFound.
func (n *Node) UnblockContact(ctx context.Context, id ledger.ContactID) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.UnblockContact(now, id) })
}

// DeleteContact erases the keys shared with a contact, and what was written unless
// history is to be kept. They are not told. It fails with ErrNotFound.
func (n *Node) DeleteContact(ctx context.Context, id ledger.ContactID, keepHistory bool) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.DeleteContact(now, id, keepHistory) })
}

// UpdateContact changes what is given, and returns all. It fails with ErrNotFound.
func (n *Node) UpdateContact(ctx context.Context, id ledger.ContactID, u ContactUpdate) (Contact, error) {
	change := engine.ContactUpdate{
		Alias: u.Alias, Muted: u.Muted, KeepConnected: u.KeepConnected, Silent: u.Silent,
		Expiry: (*time.Duration)(u.Expiry),
	}
	err := n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.UpdateContact(now, id, change) })
	if err != nil {
		return Contact{}, err
	}
	return n.Contact(ctx, id)
}

// Contacts returns all contacts, in every state, in the order in which they came.
func (n *Node) Contacts(ctx context.Context) (all []Contact, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		rows, err := tx.Contacts()
		if err != nil {
			return err
		}
		direct, err := tx.DirectConversations()
		if err != nil {
			return err
		}
		for _, row := range rows {
			all = append(all, contactOf(row, direct[row.ID]))
		}
		return nil
	})
	return all, err
}

// Contact returns a contact, or ErrNotFound.
func (n *Node) Contact(ctx context.Context, id ledger.ContactID) (c Contact, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		row, err := tx.Contact(id)
		if err != nil {
			return err
		}
		direct, err := tx.DirectConversation(id)
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		c = contactOf(row, direct)
		return err
	})
	return c, err
}

// read reads the store, and names the error.
func (n *Node) read(ctx context.Context, f func(tx *store.View) error) error {
	return explain(n.store.View(ctx, f))
}

func contactOf(c ledger.Contact, conversation ledger.ConversationID) Contact {
	out := Contact{
		ID: c.ID, Peer: peer.ID(c.Peer).String(), Name: c.Name, Alias: c.Alias, Introduction: c.Introduction,
		State: rpc.ContactStateName(c.State), Changed: rpc.TimeOf(c.Changed), Verified: c.Verified, Muted: c.Muted,
		KeepConnected: c.KeepConnected, Forgotten: c.Forgotten, Expiry: rpc.Duration(c.Expiry), Silent: c.Silent,
		Added: rpc.TimeOf(c.Added), Conversation: conversation,
	}
	for _, a := range c.Addresses {
		if addr, err := onion.FromPublicKey(a.Onion[:]); err == nil {
			out.Addresses = append(out.Addresses, rpc.Address{Onion: addr.String(), Port: a.Port})
		}
	}
	return out
}

// SafetyNumber returns what two people compare to be sure of each other. It fails with
// ErrNotFound.
func (n *Node) SafetyNumber(ctx context.Context, id ledger.ContactID) (SafetyNumber, error) {
	number, err := n.safetyNumber(ctx, id)
	if err != nil {
		return SafetyNumber{}, err
	}
	return SafetyNumber{
		Digits: number.String(), Words: strings.Join(number.Words(), " "), Code: number.Code(),
	}, nil
}

func (n *Node) safetyNumber(ctx context.Context, id ledger.ContactID) (number safety.Number, err error) {
	var row ledger.Contact
	err = n.read(ctx, func(tx *store.View) (err error) {
		row, err = tx.Contact(id)
		return err
	})
	if err != nil {
		return number, err
	}
	key, err := contactlink.IdentityKey(peer.ID(row.Peer))
	if err != nil {
		return number, err
	}
	return safety.New(n.key, key)
}

// VerifyContact compares the safety number that the other side has shown or said. If
// it matches, the contact is verified, otherwise it is not any more. It fails with
// ErrNotFound, or ErrInvalid if typed is no whole safety number, which changes
// nothing. Commas between words or digits do not matter.
func (n *Node) VerifyContact(ctx context.Context, id ledger.ContactID, typed string) (bool, error) {
	number, err := n.safetyNumber(ctx, id)
	if err != nil {
		return false, err
	}
	matches, err := number.Match(strings.ReplaceAll(typed, ",", " "))
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return matches, n.command(ctx, func(e *engine.Engine, now time.Time) error {
		return e.UpdateContact(now, id, engine.ContactUpdate{Verified: &matches})
	})
}

// NewInvite makes a link whose first bearer becomes a contact without being asked. It
// fails with ErrLimit if too many are open.
func (n *Node) NewInvite(ctx context.Context, o InviteOptions) (contactlink.Link, error) {
	var invite ledger.Invite
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		invite, err = e.NewInvite(now, o.Note, o.Expires.Time)
		return err
	})
	if err != nil {
		return contactlink.Link{}, err
	}
	link, err := n.Link(ctx)
	link.Invite = invite.Token
	return link, err
}

// Invites returns those that nobody has used.
func (n *Node) Invites(ctx context.Context) (all []Invite, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		rows, err := tx.Invites()
		for _, row := range rows {
			all = append(all, Invite{
				Token: InviteToken(row.Token), Note: row.Note, Added: rpc.TimeOf(row.Added), Expires: rpc.TimeOf(row.Expires),
			})
		}
		return err
	})
	return all, err
}

// DropInvite withdraws one. It fails with ErrNotFound.
func (n *Node) DropInvite(ctx context.Context, token InviteToken) error {
	return n.command(ctx, func(e *engine.Engine, _ time.Time) error { return e.DropInvite(token) })
}
