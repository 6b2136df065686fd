package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"

	"github.com/onionwire/onionwire/node/ledger"
)

// wheelRows is how far a notch of the wheel scrolls.
const wheelRows = 3

// pointed takes the mouse.
func (m *Model) pointed(msg tea.MouseMsg) tea.Cmd {
	if o := m.top(); o != nil {
		return m.pointedInDialog(o, msg)
	}
	at := msg.Mouse()
	s := &m.screen
	switch msg.(type) {
	case tea.MouseWheelMsg:
		by := wheelRows
		if at.Button == tea.MouseWheelUp {
			by = -wheelRows
		}
		if s.sidebar.has(at.X, at.Y) {
			m.sideTop = max(min(m.sideTop+by, len(m.state.Conversations())-1), 0)
			m.screen.sideFree = true
		} else if r := m.room(); r != nil {
			m.scroll(r, by)
		}
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			return m.clicked(at.X, at.Y)
		}
	}
	return nil
}

func (m *Model) clicked(x, y int) tea.Cmd {
	s := &m.screen
	r := m.room()
	switch {
	case s.sidebar.has(x, y):
		row := y - s.sidebar.y
		if row < len(s.sideRows) {
			return s.sideRows[row].open(m)
		}
	case s.tabs.has(x, y):
		for i, end := range s.tabEnds {
			if x < end {
				m.enter(s.tabIDs[i])
				break
			}
		}
	case r != nil && s.timeline.has(x, y):
		// The latest are at the bottom.
		row := y - s.timeline.y - (s.timeline.h - len(s.keys))
		if r.selecting = row >= 0; r.selecting {
			r.selected = s.keys[row]
		}
	case r != nil && s.composer.has(x, y):
		r.selecting = false
		r.editor.Click(x-s.composer.x, y-s.composer.y)
	}
	return nil
}

// sideRow is what is in a row of the sidebar.
type sideRow struct {
	conversation ledger.ConversationID
	requests     bool
}

func (s sideRow) open(m *Model) tea.Cmd {
	switch {
	case s.requests:
		return m.show(keys.Requests)
	case s.conversation != 0:
		m.enter(s.conversation)
	}
	return nil
}
