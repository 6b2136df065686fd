package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	// maxPast bounds how many messages back somebody can go in the composer.
	maxPast = 1000
	// maxPastPages bounds how many pages of others' messages are looked through for them.
	maxPastPages = 50
)

// past are messages of ours that were sent before, the latest first, to be sent once more.
// They are those of the conversation: nothing else is kept of them.
type past struct {
	at       int      // which of them is in the editor, from 1, or 0
	texts    []string // those that were looked up
	typed    string   // what was in the editor before
	recalled string   // what was put there
	wanted   int      // which is to be put there as soon as it is there
	before   ledger.MessageNumber
	pages    int
	loading  bool
}

// pastMsg is a page of messages of a conversation.
type pastMsg struct {
	id       ledger.ConversationID
	messages []rpc.Message
	err      error
}

// recall puts what was sent before into the composer, or what was sent after that.
func (m *Model) recall(r *room, by int) {
	p := &r.past
	if r.editing != 0 || by < 0 && p.at == 0 {
		p.wanted = 0
		return
	}
	if p.at == 0 && !p.loading {
		*p = past{} // what was sent since is in it, too
	}
	m.putPast(r, p.at+by)
}

// putPast puts one of them into the composer, as soon as it is known.
func (m *Model) putPast(r *room, at int) {
	p := &r.past
	p.wanted = at
	switch {
	case at > len(p.texts):
		m.loadPast(r)
		return
	case p.at == 0:
		p.typed = r.text()
	case r.text() != p.recalled:
		p.typed = join(p.typed, r.text()) // it was changed, and is not to be lost
	}
	p.wanted = 0
	if p.at = at; at == 0 {
		r.set(p.typed)
		return
	}
	r.editor.Set(p.texts[at-1])
	p.recalled = r.editor.Text()
}

// loadPast looks for more of them.
func (m *Model) loadPast(r *room) {
	p := &r.past
	if p.loading || p.pages >= maxPastPages || len(p.texts) >= maxPast {
		return
	}
	p.loading = true
	api, id, before := m.api, r.id, p.before
	m.act(func(ctx context.Context) tea.Msg {
		messages, err := api.Messages(ctx, id, before, model.Page)
		return pastMsg{id, messages, err}
	})
}

// remembered takes a page.
func (m *Model) remembered(msg pastMsg) {
	r := m.rooms[msg.id]
	if r == nil || !r.past.loading {
		return
	}
	p := &r.past
	p.loading = false
	if p.pages++; msg.err != nil || len(msg.messages) == 0 {
		p.pages = maxPastPages // there are no more
		return
	}
	p.before = msg.messages[len(msg.messages)-1].Number
	for _, sent := range msg.messages {
		text := sent.Text
		if strings.HasPrefix(text, "/") {
			text = "/" + text // or it would be a command
		}
		if sent.Sender == 0 && !slices.Contains(p.texts[max(len(p.texts)-1, 0):], text) {
			p.texts = append(p.texts, text)
		}
	}
	if p.wanted > 0 {
		m.putPast(r, p.wanted)
	}
}
