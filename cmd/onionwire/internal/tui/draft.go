package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/ledger"
)

// drafts is what keeps what was written and not sent, in a node that can.
type drafts interface {
	Draft(ctx context.Context, id ledger.ConversationID) (string, error)
	SetDraft(ctx context.Context, id ledger.ConversationID, text string) error
}

// draftMsg is a draft that was kept.
type draftMsg struct {
	id   ledger.ConversationID
	text string
}

func (m *Model) loadDraft(id ledger.ConversationID) {
	kept, can := m.api.(drafts)
	if !can {
		return
	}
	m.act(func(ctx context.Context) tea.Msg {
		text, err := kept.Draft(ctx, id)
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
	kept, can := m.api.(drafts)
	text := r.editor.Text()
	if r.editing != 0 {
		text = r.stash
	}
	if !can || text == r.draft || !r.draftKnown && text == "" {
		return
	}
	r.draft, r.draftKnown = text, true
	id := r.id
	m.try("the draft was not kept", func(ctx context.Context) error { return kept.SetDraft(ctx, id, text) })
}
