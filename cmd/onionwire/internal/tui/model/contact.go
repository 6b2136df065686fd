package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Contact is a contact with a name that is harmless.
type Contact struct {
	rpc.Contact
	label string
	looks string // what the label looks like
}

// ourselves is what we are called on the screen: nobody else is, without more.
var ourselves = safe.Skeleton("You")

// tailMark stands between a name and the end of the peer ID. Who has it in the name gets
// another one.
const tailMark = " (…"

// Shorten cuts a label to so many cells, and leaves what tells it from others.
func Shorten(method safe.Method, label string, width int) string {
	i := strings.LastIndex(label, tailMark)
	if safe.Width(method, label) <= width || i < 0 {
		return safe.Cut(method, label, width)
	}
	tail := label[i:]
	if rest := width - safe.Width(method, tail); rest > 1 {
		return safe.Cut(method, label[:i], rest) + tail
	}
	return safe.Cut(method, label, width)
}

// Tail is the end of a peer ID.
func Tail(peer string) string { return lookup.Tail(peer) }

// nameOf is what a contact is called here: our name for it, or its own, or what is left.
func nameOf(c rpc.Contact) string { return safe.Line(lookup.Called(c)) }

func (s *State) setContact(c rpc.Contact) {
	if old := s.contacts[c.ID]; old != nil {
		s.unname(old)
	}
	own := &Contact{Contact: c, label: nameOf(c)}
	own.looks = cmp.Or(safe.Skeleton(cmp.Or(c.Alias, c.Name)), own.label)
	s.contacts[c.ID] = own
	s.alike[own.looks] = append(s.alike[own.looks], own)
	s.asking = slices.DeleteFunc(s.asking, func(id ledger.ContactID) bool { return id == c.ID })
	if c.State == rpc.AskingContact {
		s.asking = append(s.asking, c.ID)
	}
	if c.State != rpc.AcceptedContact {
		delete(s.presence, c.ID)
	}
	if c.Conversation != 0 {
		s.of[c.ID] = c.Conversation
	}
}

func (s *State) unname(c *Contact) {
	rest := slices.DeleteFunc(s.alike[c.looks], func(other *Contact) bool { return other == c })
	if s.alike[c.looks] = rest; len(rest) == 0 {
		delete(s.alike, c.looks)
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

// Label is the name of a contact, harmless, on one line. Those whose names look the same are
// told apart by the end of the peer ID: a name can be taken by anybody. Strangers do not
// change what contacts are called.
func (s *State) Label(id ledger.ContactID) string {
	c := s.contacts[id]
	switch {
	case c == nil:
		return "…"
	case c.looks == ourselves, strings.Contains(c.label, tailMark), c.known() && len(s.Lookalikes(id)) > 0, !c.known() && len(s.alike[c.looks]) > 1:
		return c.label + tailMark + Tail(c.Peer) + ")"
	}
	return c.label
}

// known reports whether it is somebody whom we have wanted to know.
func (c *Contact) known() bool {
	return c.State == rpc.AcceptedContact || c.State == rpc.RequestedContact
}

// Lookalikes are the others whom we know and who are called like a contact, as far as one can
// see.
func (s *State) Lookalikes(id ledger.ContactID) (all []ledger.ContactID) {
	c := s.contacts[id]
	if c == nil {
		return nil
	}
	for _, other := range s.alike[c.looks] {
		if other != c && other.known() {
			all = append(all, other.ID)
		}
	}
	return all
}

// Asking are the contacts who wait for an answer, the first one first.
func (s *State) Asking() []Contact {
	all := make([]Contact, 0, len(s.asking))
	for _, id := range s.asking {
		all = append(all, *s.contacts[id])
	}
	return all
}
