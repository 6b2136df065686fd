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

// keptMsg says whether a draft is kept now.
type keptMsg struct {
	id   ledger.ConversationID
	text string
	err  error
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
	r.draft, r.drafting, r.draftKnown = msg.text, msg.text, true
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
	if text == r.drafting || !r.draftKnown && text == "" {
		return
	}
	r.drafting, r.draftKnown = text, true
	api, id := m.api, r.id
	m.act(func(ctx context.Context) tea.Msg { return keptMsg{id, text, api.SetDraft(ctx, id, text)} })
}

// kept notes what became of a draft. One that was not kept is tried again for as long as
// it takes, and complained of once.
func (m *Model) kept(msg keptMsg) {
	if r := m.rooms[msg.id]; r != nil && msg.err == nil {
		r.draft = msg.text
	} else if r != nil {
		r.drafting = r.draft
	}
	if msg.err != nil && !m.unkept {
		m.say(failed, sentence(failedMsg{"the draft was not kept", msg.err}))
	}
	m.unkept = msg.err != nil
}
