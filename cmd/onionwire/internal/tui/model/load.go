package model

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Open makes the timeline of a conversation, where the first message is that was not read,
// or at the end. If there is one, it stays; what was not read is new from now on.
func (s *State) Open(id ledger.ConversationID) []Request {
	c := s.byID[id]
	if c == nil {
		return nil
	}
	fresh := c.Timeline == nil
	if fresh {
		c.Timeline = &Timeline{conversation: id}
	}
	t := c.Timeline
	switch t.NewAfter = 0; {
	case c.Unread > 0 && c.Read > 0:
		t.NewAfter = c.Read
		if fresh {
			return t.around(c.Read)
		}
	case c.Unread > 0:
		t.NewAfter = -1 // before all of them
		if fresh {
			return s.Oldest(id)
		}
	case fresh:
		return t.around(0)
	}
	return nil
}

// Jump makes the window of an open conversation anew, around a message.
func (s *State) Jump(id ledger.ConversationID, to ledger.MessageNumber) []Request {
	c := s.byID[id]
	if c == nil {
		return nil
	}
	if c.Timeline == nil {
		c.Timeline = &Timeline{conversation: id}
	}
	if c.Timeline.Message(to) != nil {
		return nil
	}
	return c.Timeline.around(to)
}

// End makes the window of an open conversation anew at its end, unless it is there.
func (s *State) End(id ledger.ConversationID) []Request {
	c := s.byID[id]
	if c == nil || c.Timeline == nil || c.Timeline.Bottom {
		return nil
	}
	return c.Timeline.around(0)
}

// Oldest makes the window of an open conversation anew at its beginning, unless it is there.
func (s *State) Oldest(id ledger.ConversationID) []Request {
	c := s.byID[id]
	if c == nil || c.Timeline == nil || c.Timeline.Top {
		return nil
	}
	t := c.Timeline
	*t = Timeline{conversation: id, NewAfter: t.NewAfter, window: t.window + 1, Top: true, down: true}
	return []Request{GetFiles{Conversation: id, Window: t.window}, GetMessagesAfter{id, 0, t.window}}
}

// Forget drops what is loaded of a conversation.
func (s *State) Forget(id ledger.ConversationID) {
	if c := s.byID[id]; c != nil {
		c.Timeline = nil
	}
}

// around loads the window anew: what is up to a message and behind it, or the end (0).
func (t *Timeline) around(n ledger.MessageNumber) []Request {
	newAfter, window := t.NewAfter, t.window+1
	*t = Timeline{conversation: t.conversation, NewAfter: newAfter, window: window, up: true}
	requests := []Request{GetFiles{Conversation: t.conversation, Window: window}}
	if n == 0 {
		return append(requests, GetMessages{t.conversation, 0, window})
	}
	t.down = true
	return append(requests, GetMessages{t.conversation, n + 1, window}, GetMessagesAfter{t.conversation, n, window})
}

// More loads what is before the window, or after it.
func (t *Timeline) More(before bool) []Request {
	switch {
	case len(t.messages) == 0:
	case before && !t.Top && !t.up:
		t.up = true
		return []Request{GetMessages{t.conversation, t.first(), t.window}}
	case !before && !t.Bottom && !t.down:
		t.down = true
		return []Request{GetMessagesAfter{t.conversation, t.last(), t.window}}
	}
	return nil
}

// catchUp loads what has come at the end of a conversation that is open there. It asks once
// for each last message: that one may be gone again.
func (s *State) catchUp(c *Conversation) []Request {
	t := c.Timeline
	if t == nil || !t.Bottom || t.down || c.Last <= t.last() || c.Last <= t.asked {
		return nil
	}
	t.down, t.asked = true, c.Last
	return []Request{GetMessagesAfter{c.ID, t.last(), t.window}}
}

// takeMessages takes messages into the window that they are for.
func (s *State) takeMessages(a Answer) []Request {
	switch r := a.Request.(type) {
	case GetMessages:
		c, t := s.windowOf(r.Conversation, r.Window)
		if t == nil {
			return nil
		}
		t.up = false
		if t.Failed = a.Err; a.Err != nil {
			return nil
		}
		t.prepend(a.Messages)
		t.Bottom = t.Bottom || r.Before == 0
		t.Top = t.Top || len(a.Messages) == 0
		s.mentions(c, a.Messages)
		return append(s.catchUp(c), s.filesFor(t)...)
	case GetMessagesAfter:
		c, t := s.windowOf(r.Conversation, r.Window)
		if t == nil {
			return nil
		}
		t.down = false
		if t.Failed = a.Err; a.Err != nil {
			return nil
		}
		t.append(a.Messages)
		// A page may be shorter than it could be: long messages fill it sooner.
		t.Bottom = t.Bottom || len(a.Messages) == 0 || t.last() >= c.Last
		if t.Bottom && len(a.Messages) > 0 && t.last() < c.Last {
			t.asked = 0
		}
		s.mentions(c, a.Messages)
		return s.catchUp(c)
	case GetMessage:
		if a.Err == nil {
			for _, m := range a.Messages {
				s.setMessage(m)
			}
		}
	}
	return nil
}

// windowOf returns a conversation and its timeline, which is nil if it is another one by now.
func (s *State) windowOf(id ledger.ConversationID, window int) (*Conversation, *Timeline) {
	c := s.byID[id]
	if c == nil || c.Timeline == nil || c.Timeline.window != window {
		return c, nil
	}
	return c, c.Timeline
}

// setMessage takes a message that has changed.
func (s *State) setMessage(m rpc.Message) {
	c := s.byID[m.Conversation]
	if c == nil {
		return
	}
	s.mentions(c, []rpc.Message{m})
	if c.Timeline != nil {
		if old := c.Timeline.Message(m.Number); old != nil {
			*old = m
		}
	}
}

// mentions looks for our name in messages that were not read.
func (s *State) mentions(c *Conversation, messages []rpc.Message) {
	name := strings.ToLower(strings.TrimSpace(s.Settings.Name))
	if name == "" || c.Mention {
		return
	}
	for _, m := range messages {
		if m.Sender != 0 && m.Number > c.Read && hasWord(strings.ToLower(m.Text), name) {
			c.Mention = true
			return
		}
	}
}

// hasWord reports whether text has a word, and not only as a part of another.
func hasWord(text, word string) bool {
	for rest := text; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before, after := []rune(rest[:i]), []rune(rest[i+len(word):])
		if (len(before) == 0 || !letter(before[len(before)-1])) && (len(after) == 0 || !letter(after[0])) {
			return true
		}
		rest = rest[i+len(word):]
	}
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Seen says that somebody has seen a conversation up to a message. It returns the request to
// say so to the node, if that is news.
func (s *State) Seen(id ledger.ConversationID, upTo ledger.MessageNumber) []Request {
	c := s.byID[id]
	if c == nil || c.Unread == 0 || upTo <= c.Read {
		return nil
	}
	c.Read = upTo
	if upTo >= c.Last {
		c.Unread, c.Mention = 0, false
	}
	return []Request{MarkRead{id, upTo}}
}

// Happened takes an event, and returns what to ask for because of it.
func (s *State) Happened(e rpc.Event, now time.Time) []Request {
	switch e.Kind {
	case rpc.RequestReceived, rpc.ContactChanged:
		return append([]Request{GetContact{e.Contact}}, s.WantPresence(e.Contact, now)...)
	case rpc.ContactDeleted:
		requests := []Request{GetContact{e.Contact}}
		if id := s.of[e.Contact]; id != 0 {
			requests = append(requests, GetConversation{id})
		}
		return requests
	case rpc.MessageReceived, rpc.MessageQueued:
		c := s.byID[e.Conversation]
		if c != nil {
			c.typing = time.Time{}
		}
		requests := []Request{GetConversation{e.Conversation}}
		if e.Kind == rpc.MessageReceived && (c == nil || c.Timeline == nil) {
			requests = append(requests, GetMessage{e.Message})
		}
		return requests
	case rpc.MessageEdited:
		return []Request{GetMessage{e.Message}}
	case rpc.MessageDeleted:
		s.dropMessage(e.Conversation, e.Message)
		return []Request{GetConversation{e.Conversation}}
	case rpc.DeliveryChanged:
		if e.ID != nil {
			return s.readUpTo(e)
		}
		s.delivered(e)
	case rpc.ConversationRead, rpc.TimerChanged, rpc.ConversationChanged:
		return []Request{GetConversation{e.Conversation}}
	case rpc.FileOffered, rpc.FileChanged, rpc.FileStalled:
		return []Request{GetFile{e.File}}
	case rpc.SetBack:
		s.Noted(e)
	case rpc.StatusChanged:
		return []Request{GetStatus{}}
	case rpc.FileProgress:
		s.progress(e, now)
	case rpc.PresenceChanged:
		if e.Presence != nil {
			s.presence[e.Contact] = presence{*e.Presence, now}
		}
		return []Request{GetStatus{}}
	case rpc.TypingHint:
		if c := s.byID[e.Conversation]; c != nil {
			c.typing, c.typist = now.Add(typingLasts), e.Contact
		}
	}
	return nil
}

func (s *State) dropMessage(id ledger.ConversationID, n ledger.MessageNumber) {
	c := s.byID[id]
	if c == nil || c.Timeline == nil {
		return
	}
	t := c.Timeline
	if i, there := t.at(n); there {
		t.messages = append(t.messages[:i:i], t.messages[i+1:]...)
		t.items = nil
	}
}

// delivered takes how far a message of ours has come.
func (s *State) delivered(e rpc.Event) {
	c := s.byID[e.Conversation]
	if c == nil || c.Timeline == nil {
		return
	}
	m := c.Timeline.Message(e.Message)
	if m == nil {
		return
	}
	if d := deliveryTo(m, e.Contact); d != nil {
		d.State, d.Changed = e.Delivery, e.Happened
		return
	}
	m.Deliveries = append(m.Deliveries, rpc.Delivery{Contact: e.Contact, State: e.Delivery, Changed: e.Happened})
}

// maxReread bounds the messages that are asked for because one outside of the window was
// read: what is seen of them is less.
const maxReread = Page

// readUpTo takes that a contact has read a message, and all before it that they have.
func (s *State) readUpTo(e rpc.Event) (requests []Request) {
	c := s.byID[e.Conversation]
	if c == nil || c.Timeline == nil {
		return nil
	}
	messages := c.Timeline.messages
	last := slices.IndexFunc(messages, func(m rpc.Message) bool { return m.Sender == 0 && m.ID == *e.ID })
	for i := len(messages) - 1; i >= 0; i-- {
		d := deliveryTo(&messages[i], e.Contact)
		if messages[i].Sender != 0 || d == nil || d.State != rpc.DeliveredMessage && i != last {
			continue
		}
		switch {
		case i <= last:
			d.State, d.Changed = e.Delivery, e.Happened
		case last < 0 && len(requests) < maxReread:
			requests = append(requests, GetMessage{messages[i].Number})
		}
	}
	return requests
}

func deliveryTo(m *rpc.Message, id ledger.ContactID) *rpc.Delivery {
	for i := range m.Deliveries {
		if m.Deliveries[i].Contact == id {
			return &m.Deliveries[i]
		}
	}
	return nil
}
