package tui

import (
	"context"
	"encoding/json"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// places are what is open, where somebody reads, and what they have typed to ask somebody. The
// node keeps them for the next start, in the encrypted database: they name conversations.
type places struct {
	Tabs    []place               `json:"tabs,omitempty"`
	Active  ledger.ConversationID `json:"active,omitempty"`
	Unasked unasked               `json:"unasked,omitzero"`
}

// place is where somebody reads a conversation: a row of a message, or the end (0).
type place struct {
	Conversation ledger.ConversationID `json:"conversation"`
	Message      ledger.MessageNumber  `json:"message,omitempty"`
	Row          int                   `json:"row,omitempty"`
}

// places returns what is open, as it is kept.
func (m *Model) places() string {
	p := places{Active: m.active, Unasked: m.unasked}
	for _, id := range m.tabs {
		at := place{Conversation: id}
		if r := m.rooms[id]; r != nil && !r.anchor.follow {
			at.Message, at.Row = m.readTo(r)
		}
		p.Tabs = append(p.Tabs, at)
	}
	text, _ := json.Marshal(p) // numbers and texts: it does not fail
	return string(text)
}

// readTo is the message at the bottom of what is seen, and its row. If that is a file, it is
// the message before.
func (m *Model) readTo(r *room) (ledger.MessageNumber, int) {
	t := m.timeline(r)
	if r.anchor.key.File == 0 || t == nil {
		return r.anchor.key.Message, r.anchor.row
	}
	items := t.Items()
	at, _ := t.Find(r.anchor.key)
	for i := min(at, len(items)-1); i >= 0; i-- {
		if msg := items[i].Message; msg != nil {
			return msg.Number, lastRow
		}
	}
	return 0, 0
}

// savePlaces keeps what is open, if that is another than was told last.
func (m *Model) savePlaces() {
	now := m.places()
	if !m.reopened || now == m.placed {
		return
	}
	m.placed = now
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		_ = api.SetInterfaceState(ctx, now) // for comfort, no more
		return nil
	})
}

// reopenMsg is what was open the last time, and those conversations of it that still are.
type reopenMsg struct {
	places        places
	conversations []rpc.Conversation
}

// reopen opens what was open the last time.
func (m *Model) reopen() {
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		var msg reopenMsg
		text, err := api.InterfaceState(ctx)
		if err != nil || json.Unmarshal([]byte(text), &msg.places) != nil {
			return reopenMsg{} // another interface may have kept something else
		}
		msg.places.Tabs = msg.places.Tabs[:min(len(msg.places.Tabs), maxTabs)]
		for _, at := range msg.places.Tabs {
			if c, err := api.Conversation(ctx, at.Conversation); err == nil {
				msg.conversations = append(msg.conversations, c)
			}
		}
		return msg
	})
}

// reopens opens what was open, behind what somebody was quick to open before.
func (m *Model) reopens(msg reopenMsg) {
	m.reopened = true
	for _, c := range msg.conversations {
		i := slices.IndexFunc(msg.places.Tabs, func(p place) bool { return p.Conversation == c.ID })
		if i < 0 || slices.Contains(m.tabs, c.ID) || len(m.tabs) >= maxTabs {
			continue
		}
		m.ask(m.state.Take(model.Answer{Request: model.GetConversation{Conversation: c.ID}, Conversation: c}, m.now())...)
		m.tabs = append(m.tabs, c.ID)
		r := m.furnish(c.ID)
		if at := msg.places.Tabs[i]; at.Message > 0 {
			r.anchor = anchor{key: model.Key{Message: at.Message}, row: max(at.Row, 0)}
		}
	}
	if m.active == 0 && slices.Contains(m.tabs, msg.places.Active) {
		m.enter(msg.places.Active)
	}
	if m.unasked == (unasked{}) {
		m.unasked = msg.places.Unasked
	}
	m.placed = m.places()
}
