// Package model is what the terminal interface shows: conversations, messages, contacts,
// presence, files and status. It does no I/O and has no clock: what it wants to know are
// [Request] values, what comes back are [Answer] values, and what happens are events of
// the node. Somebody else carries them.
//
// Of messages it has a window for each open conversation, however many there are.
package model

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// State is all that is known. It is not for concurrent use.
type State struct {
	// Settings are those of the profile, Status how its node is doing.
	Settings rpc.Settings
	Status   rpc.Status
	// Connected is whether the node answers. If not, Status is an old one, and nobody's
	// presence is known.
	Connected bool
	// Loaded is whether all conversations are known, and not only the latest ones.
	Loaded bool

	contacts map[ledger.ContactID]*Contact
	alike    map[string][]*Contact // those whose names look the same, by what they look like
	asking   []ledger.ContactID

	byID  map[ledger.ConversationID]*Conversation
	order []*Conversation // the latest message first
	of    map[ledger.ContactID]ledger.ConversationID

	presence map[ledger.ContactID]presence
	files    map[ledger.FileNumber]*File
	notes    map[ledger.ConversationID][]Note
}

// New returns a state in which nothing is known.
func New() *State {
	return &State{
		contacts: make(map[ledger.ContactID]*Contact),
		alike:    make(map[string][]*Contact),
		byID:     make(map[ledger.ConversationID]*Conversation),
		of:       make(map[ledger.ContactID]ledger.ConversationID),
		presence: make(map[ledger.ContactID]presence),
		files:    make(map[ledger.FileNumber]*File),
		notes:    make(map[ledger.ConversationID][]Note),
	}
}

// Start returns what to ask for in the beginning.
func (s *State) Start() []Request {
	return []Request{GetSettings{}, GetContacts{}, GetConversations{}}
}

// Refresh returns what to ask for every few seconds, with the contacts that are seen:
// presence goes bad (see [PresenceLasts]).
func (s *State) Refresh(seen []ledger.ContactID, now time.Time) []Request {
	requests := []Request{GetStatus{}}
	for _, id := range seen {
		requests = append(requests, s.WantPresence(id, now)...)
	}
	return requests
}

// Lost says that the node does not answer any more. What was known of others is not true
// for certain from now on.
func (s *State) Lost() {
	s.Connected = false
	clear(s.presence)
	for _, c := range s.byID {
		c.typing = time.Time{}
	}
}

// Take takes the answer to a request, and returns what to ask for next. An error of the
// node about one thing, such as that it is gone, is no loss of the node.
func (s *State) Take(a Answer, now time.Time) []Request {
	switch r := a.Request.(type) {
	case GetSettings:
		if a.Err == nil {
			s.Settings = a.Settings
		}
	case GetStatus:
		if a.Err == nil {
			s.Status, s.Connected = a.Status, true
		}
	case GetContacts:
		for _, c := range a.Contacts {
			s.setContact(c)
		}
	case GetContact:
		return s.takeContact(r, a)
	case GetPresence:
		if a.Err == nil {
			s.presence[r.Contact] = presence{a.Presence, now}
		} else {
			delete(s.presence, r.Contact)
		}
	case GetConversations:
		return s.takeConversations(a)
	case GetConversation:
		return s.takeConversation(r, a)
	case GetMessages, GetMessagesAfter, GetMessage:
		return s.takeMessages(a)
	case GetFiles:
		return s.takeFiles(r, a)
	case GetFile:
		if a.Err == nil {
			s.setFile(a.File)
		}
	}
	return nil
}
