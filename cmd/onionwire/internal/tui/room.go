package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/editor"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

const (
	// maxTabs bounds the conversations that are open; the one that was opened first is
	// closed for one more.
	maxTabs = 30
	// maxLoaded bounds those whose messages are loaded.
	maxLoaded = 8
)

// room is a conversation that is open: where somebody reads, and what they write.
type room struct {
	id     ledger.ConversationID
	editor editor.Editor
	// anchor is the last row that is seen. If it follows, that is the last one of all.
	anchor anchor

	selecting bool // whether a message is selected
	selected  model.Key
	editing   ledger.MessageNumber // the message whose text is in the editor, or 0
	original  string               // that text, as it was
	stash     string               // what was in the editor before
	past      past
	long      string // what is too long for a message; nothing is in the editor then
	leaves    bool   // whether that is on its way into a file
	back      string // what has come back because it could not be sent
	unsure    unsure
	hinted    time.Time // when contacts were told last that somebody types
	wrote     time.Time // when somebody last did

	draft      string // as the node has it
	draftKnown bool
	reading    bool // whether it is asked for
	keeping    bool // whether the node is being told another
}

// anchor is a row of a timeline.
type anchor struct {
	key    model.Key
	row    int // among those of the item
	follow bool
	// top means that the item is to be the first one that is seen, as soon as it is loaded.
	top bool
}

// room is the one that is seen, or nil.
func (m *Model) room() *room {
	if m.active == 0 {
		return nil
	}
	return m.rooms[m.active]
}

// enter opens a conversation, and shows it.
func (m *Model) enter(id ledger.ConversationID) {
	c := m.state.Conversation(id)
	if c == nil {
		return
	}
	if id == m.active {
		return
	}
	r := m.furnish(id)
	if r.anchor.follow && c.Unread > 0 {
		r.anchor = anchor{key: model.Key{Message: c.Read + 1}, top: true}
	}
	if !slices.Contains(m.tabs, id) {
		m.tabs = append(m.tabs, id)
		if len(m.tabs) > maxTabs {
			m.closeTab(m.tabs[0])
		}
	}
	m.active, m.screen.sideFree = id, false
	requests := m.state.Open(id)
	if n := r.anchor.key.Message; len(requests) > 0 && n != 0 && !r.anchor.follow && !r.anchor.top {
		requests = m.state.Jump(id, n) // where somebody has read
	}
	m.ask(requests...)
	m.unload()
}

// furnish returns the room of a conversation, which need not be open.
func (m *Model) furnish(id ledger.ConversationID) *room {
	r := m.rooms[id]
	if r == nil {
		r = &room{id: id, anchor: anchor{follow: true}}
		r.editor.Limit = wire.MaxText
		m.rooms[id] = r
		m.loadDraft(r)
	}
	return r
}

// unload drops the messages of conversations that were not seen for long. Where somebody has
// read stays known.
func (m *Model) unload() {
	loaded := 0
	for _, id := range slices.Backward(m.tabs) {
		if c := m.state.Conversation(id); c == nil || c.Timeline == nil || id == m.active {
			continue
		}
		if loaded++; loaded >= maxLoaded {
			m.state.Forget(id)
		}
	}
}

// closeTab closes a conversation. What was written in it is a draft.
func (m *Model) closeTab(id ledger.ConversationID) {
	i := slices.Index(m.tabs, id)
	if i < 0 {
		return
	}
	m.tabs = slices.Delete(m.tabs, i, i+1)
	if r := m.rooms[id]; r != nil {
		text := r.unsent()
		r.editing, r.selecting, r.stash, r.past = 0, false, "", past{}
		r.set(text)
		m.saveDraft(r)
		m.release(r)
	}
	m.state.Forget(id)
	if m.active != id {
		return
	}
	m.active = 0
	if len(m.tabs) > 0 {
		m.enter(m.tabs[min(i, len(m.tabs)-1)])
	}
}

// goTo shows a conversation at a message, as a result of a search does.
func (m *Model) goTo(id ledger.ConversationID, n ledger.MessageNumber) tea.Cmd {
	m.enter(id)
	r := m.room()
	if r == nil || n == 0 {
		return nil
	}
	m.ask(m.state.Jump(id, n)...)
	r.selecting, r.selected = true, model.Key{Message: n}
	r.anchor = anchor{key: r.selected, row: lastRow}
	return nil
}

// leave ends what is being done in a room, if there is something.
func (r *room) leave() bool {
	switch {
	case r.selecting:
		r.selecting = false
	case r.editing != 0:
		r.editing = 0
		r.set(r.stash)
		r.stash = ""
	case r.past.at != 0 && r.text() == r.past.recalled:
		r.set(r.past.typed)
		r.past = past{}
	default:
		return false
	}
	return true
}

// step goes to the tab, or the conversation of the sidebar, that is so many on.
func (m *Model) step(by int, tabs bool) {
	if tabs {
		if i := slices.Index(m.tabs, m.active); i >= 0 {
			m.enter(m.tabs[(i+by+len(m.tabs))%len(m.tabs)])
		}
		return
	}
	all := m.state.Conversations()
	if len(all) == 0 {
		return
	}
	i := max(min(m.state.Index(m.active)+by, len(all)-1), 0)
	m.enter(all[i].ID)
}
