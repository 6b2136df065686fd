package model

import (
	"cmp"
	"slices"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Conversation is a conversation, and what is loaded of it.
type Conversation struct {
	rpc.Conversation
	// Mention is whether a message that was not read has our name in it.
	Mention bool
	// Timeline are its messages, nil unless it was opened.
	Timeline *Timeline

	title  string
	typing time.Time // until when
	typist ledger.ContactID
}

// Contact is the other one of a conversation of two, or 0.
func (c *Conversation) Contact() ledger.ContactID {
	if c.Kind == rpc.GroupConversation || len(c.Members) != 1 {
		return 0
	}
	return c.Members[0]
}

// Typist is who types in it, or 0.
func (c *Conversation) Typist(now time.Time) ledger.ContactID {
	if now.Before(c.typing) {
		return c.typist
	}
	return 0
}

// Name is what a conversation is called, harmless, on one line.
func (s *State) Name(c *Conversation) string {
	if id := c.Contact(); id != 0 {
		return s.Label(id)
	}
	return c.title
}

// MutedHere is whether nothing is to be heard of a conversation.
func (s *State) MutedHere(c *Conversation) bool {
	contact := s.contacts[c.Contact()]
	return c.Muted || contact != nil && contact.Muted
}

// Conversation returns one of them, or nil.
func (s *State) Conversation(id ledger.ConversationID) *Conversation { return s.byID[id] }

// With returns the conversation with a contact, or 0.
func (s *State) With(id ledger.ContactID) ledger.ConversationID { return s.of[id] }

// Conversations are all that are known, the latest first. The slice is not to be changed, and
// holds until something is taken.
func (s *State) Conversations() []*Conversation { return s.order }

// Index returns the place of a conversation among all, or -1.
func (s *State) Index(id ledger.ConversationID) int {
	c := s.byID[id]
	if c == nil {
		return -1
	}
	i, _ := slices.BinarySearchFunc(s.order, c, later)
	return i
}

// Unread is how many messages were not read, in all conversations that are not muted.
func (s *State) Unread() (n int) {
	if !s.Loaded {
		return s.Status.Unread
	}
	for _, c := range s.order {
		if c.Unread > 0 && !s.MutedHere(c) {
			n += c.Unread
		}
	}
	return n
}

// NextUnread returns the next conversation after another, in the order of the sidebar and
// around its end, that has unread messages; those that are muted do not count. It returns 0
// if there is none.
func (s *State) NextUnread(after ledger.ConversationID) ledger.ConversationID {
	start := s.Index(after)
	for i := range s.order {
		c := s.order[(start+1+i)%len(s.order)]
		if c.Unread > 0 && c.ID != after && !s.MutedHere(c) {
			return c.ID
		}
	}
	return 0
}

func later(a, b *Conversation) int {
	return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(b.ID, a.ID))
}

// setConversation takes what the node says of a conversation.
func (s *State) setConversation(c rpc.Conversation) *Conversation {
	own := s.byID[c.ID]
	if own == nil {
		own = &Conversation{}
		s.byID[c.ID] = own
	} else {
		i, _ := slices.BinarySearchFunc(s.order, own, later)
		s.order = slices.Delete(s.order, i, i+1)
	}
	own.Conversation, own.title = c, safe.Line(c.Title)
	if own.Unread == 0 {
		own.Mention = false
	}
	i, _ := slices.BinarySearchFunc(s.order, own, later)
	s.order = slices.Insert(s.order, i, own)
	if id := own.Contact(); id != 0 {
		s.of[id] = own.ID
	}
	return own
}

func (s *State) takeConversations(a Answer) []Request {
	if a.Err != nil {
		return nil
	}
	if len(a.Conversations) == 0 {
		s.Loaded = true
		return nil
	}
	for _, c := range a.Conversations {
		s.setConversation(c)
	}
	return []Request{GetConversations{After: a.Conversations[len(a.Conversations)-1].ID}}
}

func (s *State) takeConversation(r GetConversation, a Answer) []Request {
	if a.Err != nil {
		s.dropConversation(r.Conversation)
		return nil
	}
	c := s.setConversation(a.Conversation)
	var requests []Request
	for _, id := range c.Members {
		if s.contacts[id] == nil {
			requests = append(requests, GetContact{id})
		}
	}
	return append(requests, s.catchUp(c)...)
}

func (s *State) dropConversation(id ledger.ConversationID) {
	if i := s.Index(id); i >= 0 {
		s.order = slices.Delete(s.order, i, i+1)
		delete(s.byID, id)
	}
}
