package model_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// node answers requests from what it has.
type node struct {
	t             *testing.T
	s             *model.State
	settings      rpc.Settings
	contacts      []rpc.Contact
	conversations []rpc.Conversation // the latest first
	messages      map[ledger.ConversationID][]rpc.Message
	files         []rpc.File
	asked         []model.Request
}

func newNode(t *testing.T) *node {
	t.Helper()
	return &node{t: t, s: model.New(), messages: map[ledger.ConversationID][]rpc.Message{}}
}

// talk adds a conversation with so many messages of its contact, read up to one.
func (n *node) talk(id int, name string, messages, read int) {
	c := rpc.Contact{ID: ledger.ContactID(id), Name: name, Peer: fmt.Sprintf("peer%06d", id), State: rpc.AcceptedContact, Conversation: ledger.ConversationID(id)}
	n.contacts = append(n.contacts, c)
	talk := rpc.Conversation{ID: c.Conversation, Kind: rpc.DirectConversation, Members: []ledger.ContactID{c.ID}}
	for i := 1; i <= messages; i++ {
		n.messages[talk.ID] = append(n.messages[talk.ID], message(id, id*100_000+i))
	}
	if messages > 0 {
		talk.Last = ledger.MessageNumber(id*100_000 + messages)
		talk.Read = ledger.MessageNumber(id*100_000 + read)
		talk.Unread = messages - read
	}
	n.conversations = slices.Insert(n.conversations, 0, talk)
}

func message(id, number int) rpc.Message {
	return rpc.Message{
		Number: ledger.MessageNumber(number), Conversation: ledger.ConversationID(id), Sender: ledger.ContactID(id),
		Text: fmt.Sprint("message ", number), Stored: rpc.TimeOf(noon.Add(time.Duration(number) * time.Second)),
	}
}

// answer answers requests, and those that follow from that.
func (n *node) answer(requests ...model.Request) {
	n.t.Helper()
	for i := 0; len(requests) > 0; i++ {
		if i > 1000 {
			n.t.Fatalf("it asks for ever: %#v", requests)
		}
		r := requests[0]
		n.asked = append(n.asked, r)
		requests = append(requests[1:], n.s.Take(n.to(r), noon)...)
	}
}

func (n *node) to(request model.Request) model.Answer {
	a := model.Answer{Request: request}
	switch r := request.(type) {
	case model.GetSettings:
		a.Settings = n.settings
	case model.GetContacts:
		a.Contacts = n.contacts
	case model.GetContact:
		a.Err = rpc.ErrNotFound
		for _, c := range n.contacts {
			if c.ID == r.Contact {
				a.Contact, a.Err = c, nil
			}
		}
	case model.GetConversations:
		page := n.conversations
		if r.After != 0 {
			page = page[1+slices.IndexFunc(page, func(c rpc.Conversation) bool { return c.ID == r.After }):]
		}
		a.Conversations = page[:min(len(page), 2)] // short pages, or there would be one
	case model.GetConversation:
		a.Err = rpc.ErrNotFound
		for _, c := range n.conversations {
			if c.ID == r.Conversation {
				a.Conversation, a.Err = c, nil
			}
		}
	case model.GetMessages:
		for _, m := range slices.Backward(n.messages[r.Conversation]) {
			if (r.Before == 0 || m.Number < r.Before) && len(a.Messages) < model.Page {
				a.Messages = append(a.Messages, m)
			}
		}
	case model.GetMessagesAfter:
		for _, m := range n.messages[r.Conversation] {
			if m.Number > r.After && len(a.Messages) < model.Page {
				a.Messages = append(a.Messages, m)
			}
		}
	case model.GetFiles:
		for _, f := range slices.Backward(n.files) {
			if f.Conversation == r.Conversation && (r.Before == 0 || f.Number < r.Before) && len(a.Files) < 2 {
				a.Files = append(a.Files, f)
			}
		}
	case model.GetFile:
		a.File = n.files[r.Number-1]
	case model.GetPresence:
		a.Presence = rpc.Presence{State: rpc.Online}
	}
	return a
}

func (n *node) names() (all []string) {
	for _, c := range n.s.Conversations() {
		all = append(all, n.s.Name(c))
	}
	return all
}

func (n *node) equal(got, want any) {
	n.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		n.t.Errorf("%v, not %v", got, want)
	}
}

func TestConversations(t *testing.T) {
	n := newNode(t)
	for i, name := range []string{"Alice", "Bob", "Carol", "Dave", "Erin"} {
		n.talk(i+1, name, 3, 3-i%2)
	}
	n.answer(n.s.Start()...)
	n.equal(n.names(), []string{"Erin", "Dave", "Carol", "Bob", "Alice"})
	n.equal(n.s.Loaded, true)
	n.equal(n.s.Unread(), 2)
	n.equal(n.s.NextUnread(0), 4)
	n.equal(n.s.NextUnread(4), 2)
	n.equal(n.s.NextUnread(2), 4)
	n.equal(n.s.Index(1), 4)
	n.equal(n.s.Index(9), -1)

	// Who writes is the first.
	n.conversations[4].Last = 900_000
	n.conversations[4].Unread++
	n.answer(n.s.Happened(rpc.Event{Kind: "message_received", Conversation: 1, Contact: 1, Message: 900_000}, noon)...)
	n.equal(n.names(), []string{"Alice", "Erin", "Dave", "Carol", "Bob"})

	// A conversation that is gone is.
	n.conversations = n.conversations[1:]
	n.answer(model.GetConversation{Conversation: 5})
	n.equal(n.names(), []string{"Alice", "Dave", "Carol", "Bob"})
}

// Two who have the same name are told apart, and no name is more than a line.
func TestNames(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 1, 1)
	n.talk(2, "Alice", 1, 1)
	n.talk(3, "a\nb\x1b[31m", 1, 1)
	n.answer(n.s.Start()...)
	n.equal(n.names(), []string{"a␊b␛[31m", "Alice (…000002)", "Alice (…000001)"})
	n.contacts[1].Alias = "Bob"
	n.answer(n.s.Happened(rpc.Event{Kind: "contact_changed", Contact: 2}, noon)...)
	n.equal(n.names(), []string{"a␊b␛[31m", "Bob", "Alice"})
}

func numbers(c *model.Conversation) (all []int) {
	for _, item := range c.Timeline.Items() {
		if item.Message != nil {
			all = append(all, int(item.Message.Number)%100_000)
		}
	}
	return all
}

func TestTimeline(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 1000, 1000)
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	c := n.s.Conversation(1)
	got := numbers(c)
	n.equal(len(got), 100)
	n.equal(got[99], 1000)
	n.equal(c.Timeline.Bottom, true)
	n.equal(c.Timeline.NewAfter, 0)

	// What is above is loaded page by page, and what is far below is dropped.
	for range 9 {
		n.answer(c.Timeline.More(true)...)
	}
	got = numbers(c)
	n.equal(len(got), 600)
	n.equal(got[0], 1)
	n.equal(c.Timeline.Bottom, false)
	n.answer(c.Timeline.More(true)...)
	n.equal(c.Timeline.Top, true)
	n.equal(c.Timeline.More(true), []model.Request{})
	n.answer(c.Timeline.More(false)...)
	n.equal(c.Timeline.Top, false)
	got = numbers(c)
	n.equal(got[len(got)-1], 700)
	for i := range got[1:] {
		if got[i+1] != got[i]+1 {
			t.Fatalf("%d comes after %d", got[i+1], got[i])
		}
	}
	n.answer(n.s.Jump(1, 100_050)...)
	got = numbers(c)
	if !slices.Contains(got, 50) || !slices.Contains(got, 51) {
		t.Errorf("message 50 is not in %v", got)
	}
	n.answer(n.s.End(1)...)
	got = numbers(c)
	n.equal(got[len(got)-1], 1000)
	n.answer(n.s.Oldest(1)...)
	n.equal(numbers(c)[0], 1)
}

// A conversation with unread messages is opened where they begin.
func TestOpenUnread(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 1000, 500)
	n.talk(2, "Bob", 300, 0)
	n.conversations[0].Read = 0
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	c := n.s.Conversation(1)
	n.equal(c.Timeline.NewAfter, 100_500)
	got := numbers(c)
	n.equal([]int{got[0], got[len(got)-1]}, []int{401, 600})
	n.answer(n.s.Open(2)...)
	c = n.s.Conversation(2)
	n.equal(numbers(c)[0], 1)
	n.equal(c.Timeline.NewAfter, -1)
}

// What comes while the end is seen is seen; a late answer for another window is not.
func TestNews(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 10, 10)
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	late := n.to(model.GetMessagesAfter{Conversation: 1, After: 0, Window: 77})
	n.messages[1] = append(n.messages[1], message(1, 100_011))
	n.conversations[0].Last, n.conversations[0].Unread = 100_011, 1
	n.answer(n.s.Happened(rpc.Event{Kind: "message_received", Conversation: 1, Contact: 1, Message: 100_011}, noon)...)
	c := n.s.Conversation(1)
	n.equal(numbers(c)[10], 11)
	n.equal(n.s.Take(late, noon), []model.Request{})
	n.equal(len(numbers(c)), 11)
	n.equal(n.s.Seen(1, 100_011), []model.Request{model.MarkRead{Conversation: 1, UpTo: 100_011}})
	n.equal(n.s.Seen(1, 100_011), []model.Request{})

	// The last one is gone again before it was loaded: it is asked for once.
	n.conversations[0].Last = 100_012
	n.asked = nil
	n.answer(model.GetConversation{Conversation: 1})
	n.answer(model.GetConversation{Conversation: 1})
	count := 0
	for _, r := range n.asked {
		if _, after := r.(model.GetMessagesAfter); after {
			count++
		}
	}
	n.equal(count, 1)

	n.answer(n.s.Happened(rpc.Event{Kind: "message_deleted", Conversation: 1, Message: 100_005}, noon)...)
	n.equal(slices.Contains(numbers(c), 5), false)
}

func TestMentions(t *testing.T) {
	n := newNode(t)
	n.settings.Name = "Zoë"
	n.talk(1, "Alice", 1, 0)
	n.talk(2, "Bob", 1, 0)
	n.messages[1][0].Text = "is zoë there?"
	n.messages[2][0].Text = "xzoë zoëy"
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	n.answer(n.s.Open(2)...)
	n.equal(n.s.Conversation(1).Mention, true)
	n.equal(n.s.Conversation(2).Mention, false)
}

func TestPresence(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 1, 1)
	n.answer(n.s.Start()...)
	state := func(after time.Duration) rpc.PresenceState { return n.s.Presence(1, noon.Add(after)).State }
	n.equal(state(0), model.Unknown)
	n.answer(n.s.Refresh([]ledger.ContactID{1}, noon)...)
	n.equal(state(0), rpc.Online)
	n.equal(state(model.PresenceLasts), rpc.Online)
	n.equal(state(model.PresenceLasts+time.Second), model.Unknown)
	n.s.Happened(rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: &rpc.Presence{State: rpc.Offline}}, noon)
	n.equal(state(0), rpc.Offline)
	n.s.Lost()
	n.equal(state(0), model.Unknown)
	n.equal(n.s.Connected, false)
}

// Files stand between the messages by time, those outside of the window do not.
func TestFiles(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 300, 300)
	for i, at := range []int{10, 150, 250, 299, 400} {
		n.files = append(n.files, rpc.File{
			Number: ledger.FileNumber(i + 1), Conversation: 1, Name: fmt.Sprint("file", i+1), State: rpc.OfferedFile,
			Added: rpc.TimeOf(noon.Add(time.Duration(100_000+at)*time.Second + time.Millisecond)),
		})
	}
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	c := n.s.Conversation(1)
	var got []string
	items := c.Timeline.Items()
	for i, item := range items {
		if item.File != nil {
			before := 0
			if items[i-1].Message != nil {
				before = int(items[i-1].Message.Number) % 100_000
			}
			got = append(got, fmt.Sprint(item.File.Label, "@", before))
		}
	}
	n.equal(got, []string{"file3@250", "file4@299", "file5@300"})
	n.files[2].State = rpc.MovingFile
	n.answer(n.s.Happened(rpc.Event{Kind: "file_changed", File: 3, Conversation: 1}, noon)...)
	n.s.Happened(rpc.Event{Kind: rpc.FileProgress, File: 3, Progress: &rpc.Progress{Done: 5, Size: 10, Rate: 1}}, noon)
	f := n.s.File(3)
	if p, moves := f.Progress(noon); !moves || p.Rate != 1 || f.Done != 5 {
		t.Errorf("%+v, %t", p, moves)
	}
	if _, moves := f.Progress(noon.Add(time.Minute)); moves {
		t.Error("a rate of a minute ago is shown")
	}
}

func TestRequests(t *testing.T) {
	n := newNode(t)
	n.contacts = []rpc.Contact{{ID: 1, Name: "Mallory", State: rpc.AskingContact}}
	n.answer(n.s.Start()...)
	n.equal(len(n.s.Asking()), 1)
	n.contacts[0].State, n.contacts[0].Conversation = rpc.AcceptedContact, 7
	n.conversations = []rpc.Conversation{{ID: 7, Members: []ledger.ContactID{1}}}
	n.answer(n.s.Happened(rpc.Event{Kind: "contact_changed", Contact: 1}, noon)...)
	n.equal(len(n.s.Asking()), 0)
	n.equal(n.names(), []string{"Mallory"})
	n.contacts = nil
	n.answer(n.s.Happened(rpc.Event{Kind: "contact_deleted", Contact: 1}, noon)...)
	n.equal(n.names(), []string{"…"})
}

// Who has read a message has read those before it that have arrived. The event of a node names
// the last one by its ID.
func TestReadUpTo(t *testing.T) {
	n := newNode(t)
	n.talk(1, "Alice", 4, 4)
	for i, state := range []rpc.DeliveryState{"cancelled", "delivered", "delivered", "delivered"} {
		m := &n.messages[1][i]
		m.Sender, m.ID = 0, rpc.MessageID{byte(i + 1)}
		m.Deliveries = []rpc.Delivery{{Contact: 1, State: state}}
	}
	n.answer(n.s.Start()...)
	n.answer(n.s.Open(1)...)
	states := func() (all []rpc.DeliveryState) {
		for _, item := range n.s.Conversation(1).Timeline.Items() {
			all = append(all, item.Message.Deliveries[0].State)
		}
		return all
	}
	read := func(id rpc.MessageID) []model.Request {
		return n.s.Happened(rpc.Event{Kind: "delivery_changed", Contact: 1, Conversation: 1, ID: &id, Delivery: "read"}, noon)
	}
	n.equal(read(rpc.MessageID{3}), []model.Request{})
	n.equal(states(), []string{"cancelled", "read", "read", "delivered"})
	n.equal(read(rpc.MessageID{9}), []model.Request{model.GetMessage{Number: 100_004}})
}
