package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// draftMsg is a draft that was kept, or why it could not be read.
type draftMsg struct {
	id   ledger.ConversationID
	text string
	err  error
}

// keptMsg says whether a draft is kept now.
type keptMsg struct {
	id   ledger.ConversationID
	text string
	err  error
}

func (m *Model) loadDraft(r *room) {
	api, id := m.api, r.id
	r.reading = true
	m.act(func(ctx context.Context) tea.Msg {
		text, err := api.Draft(ctx, id)
		return draftMsg{id, text, err}
	})
}

// drafted puts a draft into the composer, before what was written meanwhile. One that could
// not be read is tried again as soon as there is something to be kept: it would be lost.
func (m *Model) drafted(msg draftMsg) {
	r := m.rooms[msg.id]
	if r == nil || r.draftKnown {
		return
	}
	r.reading = false
	if msg.err != nil && !errors.Is(msg.err, rpc.ErrNotFound) {
		m.complain("the draft could not be read", msg.err)
		return
	}
	m.unkept = false
	r.draft, r.drafting, r.draftKnown = msg.text, msg.text, true
	if !strings.HasPrefix(r.unsent(), msg.text) { // what has come back from an editor began with it
		r.giveBack(msg.text)
		r.back = "" // it has not been sent
	}
	m.settled(r)
}

// saveDrafts keeps what was written since.
func (m *Model) saveDrafts() {
	for _, r := range m.rooms {
		m.saveDraft(r)
	}
}

func (m *Model) saveDraft(r *room) {
	text := r.unsent()
	if !r.draftKnown {
		if text != "" && !r.reading {
			m.loadDraft(r)
		}
		return
	}
	if text == r.drafting {
		return
	}
	r.drafting = text
	api, id := m.api, r.id
	m.act(func(ctx context.Context) tea.Msg { return keptMsg{id, text, api.SetDraft(ctx, id, text)} })
}

// kept notes what became of a draft. One that was not kept is tried again for as long as
// it takes, and complained of once.
func (m *Model) kept(msg keptMsg) {
	r := m.rooms[msg.id]
	if r == nil {
		return
	}
	if msg.err != nil && !errors.Is(msg.err, rpc.ErrNotFound) { // it has gone with its conversation
		r.drafting = r.draft
		m.complain("the draft was not kept", msg.err)
		return
	}
	r.draft, m.unkept = msg.text, false
	m.settled(r)
	m.release(r)
}

func (m *Model) complain(what string, err error) {
	if !m.unkept {
		m.say(failed, sentence(failedMsg{what, err}))
	}
	m.unkept = true
}

// release forgets a room that is in no tab, unless something in it is not kept yet.
func (m *Model) release(r *room) {
	if slices.Contains(m.tabs, r.id) || r.leaves || r.unsent() != r.draft {
		return
	}
	delete(m.rooms, r.id)
}
