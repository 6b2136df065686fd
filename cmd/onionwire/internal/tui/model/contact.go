package model

import (
	"slices"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// States of a contact by the names of the API.
var (
	Requested = rpc.ContactStateName(ledger.Requested)
	Asking    = rpc.ContactStateName(ledger.Asking)
	Accepted  = rpc.ContactStateName(ledger.Accepted)
	Rejected  = rpc.ContactStateName(ledger.Rejected)
	Blocked   = rpc.ContactStateName(ledger.Blocked)
	Deleted   = rpc.ContactStateName(ledger.Deleted)
)

// Contact is a contact with a name that is harmless.
type Contact struct {
	rpc.Contact
	label string
}

// shortPeer is how much of the end of a peer ID tells two of the same name apart.
const shortPeer = 6

func tail(peer string) string { return peer[max(len(peer)-shortPeer, 0):] }

// nameOf is what a contact is called here: our name for it, or its own, or what is left.
func nameOf(c rpc.Contact) string {
	switch {
	case c.Alias != "":
		return safe.Line(c.Alias)
	case c.Name != "":
		return safe.Line(c.Name)
	}
	return "…" + safe.Line(tail(c.Peer))
}

func (s *State) setContact(c rpc.Contact) {
	if old := s.contacts[c.ID]; old != nil {
		s.unname(old)
	}
	own := &Contact{c, nameOf(c)}
	s.contacts[c.ID] = own
	s.labels[own.label]++
	s.asking = slices.DeleteFunc(s.asking, func(id ledger.ContactID) bool { return id == c.ID })
	if c.State == Asking {
		s.asking = append(s.asking, c.ID)
	}
	if c.State != Accepted {
		delete(s.presence, c.ID)
	}
	if c.Conversation != 0 {
		s.of[c.ID] = c.Conversation
	}
}

func (s *State) unname(c *Contact) {
	if s.labels[c.label]--; s.labels[c.label] == 0 {
		delete(s.labels, c.label)
	}
}

// takeContact takes one that has changed, or is gone.
func (s *State) takeContact(r GetContact, a Answer) []Request {
	if a.Err != nil {
		if old := s.contacts[r.Contact]; old != nil {
			s.unname(old)
			delete(s.contacts, r.Contact)
			s.asking = slices.DeleteFunc(s.asking, func(id ledger.ContactID) bool { return id == r.Contact })
		}
		return nil
	}
	s.setContact(a.Contact)
	if id := a.Contact.Conversation; id != 0 && s.byID[id] == nil {
		return []Request{GetConversation{id}}
	}
	return nil
}

// Contact returns a contact.
func (s *State) Contact(id ledger.ContactID) (Contact, bool) {
	if c := s.contacts[id]; c != nil {
		return *c, true
	}
	return Contact{}, false
}

// Contacts returns all contacts, in no order.
func (s *State) Contacts() []Contact {
	all := make([]Contact, 0, len(s.contacts))
	for _, c := range s.contacts {
		all = append(all, *c)
	}
	return all
}

// Label is the name of a contact, harmless, on one line. Those who have the same name are
// told apart by the end of the peer ID: a name can be taken by anybody.
func (s *State) Label(id ledger.ContactID) string {
	c := s.contacts[id]
	switch {
	case c == nil:
		return "…"
	case s.labels[c.label] > 1:
		return c.label + " (…" + tail(c.Peer) + ")"
	}
	return c.label
}

// Asking are the contacts who wait for an answer, the first one first.
func (s *State) Asking() []Contact {
	all := make([]Contact, 0, len(s.asking))
	for _, id := range s.asking {
		all = append(all, *s.contacts[id])
	}
	return all
}
