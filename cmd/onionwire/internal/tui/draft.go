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
	text string // what was to be kept
	kept string // what is: with what another interface on the node has written there
	err  error
}

// putDraft makes a text the draft of a conversation, instead of the one that was loaded. What
// another interface has written there since stays before it. It returns what is kept.
func putDraft(ctx context.Context, api rpc.API, id ledger.ConversationID, loaded, text string) (string, error) {
	there, err := api.Draft(ctx, id)
	if err != nil {
		return "", err
	}
	if text = both(there, loaded, text); text == there {
		return text, nil
	}
	return text, api.SetDraft(ctx, id, text)
}

// both puts what was written behind what is there, if that is not what was loaded and written
// on. What they have in common is there once.
func both(there, loaded, text string) string {
	switch {
	case there == loaded, strings.HasPrefix(text, there):
		return text
	case strings.HasPrefix(there, text):
		return there
	}
	if written, ok := strings.CutPrefix(text, loaded); ok && strings.HasPrefix(there, loaded) {
		text = strings.TrimPrefix(written, "\n")
	}
	return join(there, text)
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
	r.draft, r.draftKnown = msg.text, true
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
	if r.keeping || text == r.draft {
		return
	}
	r.keeping = true
	api, id, loaded := m.api, r.id, r.draft
	m.act(func(ctx context.Context) tea.Msg {
		kept, err := putDraft(ctx, api, id, loaded, text)
		return keptMsg{id, text, kept, err}
	})
}

// kept notes what became of a draft. One that was not kept is tried again for as long as
// it takes, and complained of once.
func (m *Model) kept(msg keptMsg) {
	r := m.rooms[msg.id]
	if r == nil {
		return
	}
	r.keeping = false
	switch {
	case errors.Is(msg.err, rpc.ErrNotFound): // it has gone with its conversation
		msg.kept = msg.text
	case msg.err != nil:
		m.complain("the draft was not kept", msg.err)
		return
	}
	r.draft, m.unkept = msg.kept, false
	if msg.kept != msg.text {
		r.adopt(msg.text, msg.kept)
	}
	m.settled(r)
	m.saveDraft(r) // what was written meanwhile
	m.release(r)
}

// adopt takes over what the text of a room has become as a draft.
func (r *room) adopt(text, kept string) {
	if since, ok := strings.CutPrefix(r.text(), text); ok && r.editing == 0 && r.past.at == 0 {
		r.set(kept + since)
		return
	}
	r.giveBack(kept)
	r.back = "" // it has not been sent
}

func (m *Model) complain(what string, err error) {
	if !m.unkept {
		m.say(failed, sentence(failedMsg{what, err}))
	}
	m.unkept = true
}

// unsaved reports whether something that was written could not be kept.
func (m *Model) unsaved() bool {
	if !m.unkept || m.stage != ready {
		return false
	}
	for _, r := range m.rooms {
		if r.unsent() != r.draft {
			return true
		}
	}
	return false
}

// release forgets a room that is in no tab, unless something in it is not kept yet.
func (m *Model) release(r *room) {
	if slices.Contains(m.tabs, r.id) || r.leaves || r.unsent() != r.draft {
		return
	}
	delete(m.rooms, r.id)
}
