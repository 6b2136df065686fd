package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/ledger"
)

// draftMsg is a draft that was kept.
type draftMsg struct {
	id   ledger.ConversationID
	text string
}

func (m *Model) loadDraft(id ledger.ConversationID) {
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		text, err := api.Draft(ctx, id)
		if err != nil {
			return failedMsg{"the draft could not be read", err}
		}
		return draftMsg{id, text}
	})
}

// drafted puts a draft into the composer, unless something was written meanwhile.
func (m *Model) drafted(msg draftMsg) {
	r := m.rooms[msg.id]
	if r == nil || r.draftKnown {
		return
	}
	r.draft, r.draftKnown = msg.text, true
	if r.editor.Empty() {
		r.editor.Set(msg.text)
	}
}

// saveDrafts keeps what was written since.
func (m *Model) saveDrafts() {
	for _, r := range m.rooms {
		m.saveDraft(r)
	}
}

func (m *Model) saveDraft(r *room) {
	text := r.editor.Text()
	if r.editing != 0 {
		text = r.stash
	}
	if text == r.draft || !r.draftKnown && text == "" {
		return
	}
	r.draft, r.draftKnown = text, true
	api, id := m.api, r.id
	m.try("the draft was not kept", func(ctx context.Context) error { return api.SetDraft(ctx, id, text) })
}
