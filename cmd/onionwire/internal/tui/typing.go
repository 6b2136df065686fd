package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/rpc"
)

// typingEvery is how often contacts are told that somebody types.
const typingEvery = 4 * time.Second

// typing tells the contact that somebody types, if that is wanted and they are there.
func (m *Model) typing(r *room) {
	now := m.now()
	r.wrote = now
	c := m.state.Conversation(r.id)
	if c == nil || !m.state.Settings.TypingHints || r.editing != 0 || now.Sub(r.hinted) < typingEvery {
		return
	}
	if m.state.Presence(c.Contact(), now).State != rpc.Online {
		return
	}
	r.hinted = now
	api, id := m.api, r.id
	m.act(func(ctx context.Context) tea.Msg {
		_ = api.Typing(ctx, id) // a hint, no more
		return nil
	})
}

// markSeen says of what is seen that it was read: only if somebody looks.
func (m *Model) markSeen(r *room) {
	if m.focused && m.top() == nil && m.screen.last != 0 {
		m.ask(m.state.Seen(r.id, m.screen.last)...)
	}
}
