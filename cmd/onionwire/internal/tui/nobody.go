package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// nobodyKey takes a key that is for a conversation while none is open. The one that sends
// opens the latest, because there is nothing else that it could mean.
func (m *Model) nobodyKey(action keys.Action, k tea.KeyPressMsg) tea.Cmd {
	switch all := m.state.Conversations(); {
	case action == keys.Send && len(all) > 0:
		m.notice = notice{}
		m.enter(all[0].ID)
	case action == keys.Send && len(m.state.Asking()) > 0:
		return m.show(keys.Requests)
	case action == keys.Send, action == keys.Select, action == keys.Editor, action == "" && k.Text != "":
		m.nobody()
	}
	return nil
}

// nobody says what to do first, to who writes and has opened no conversation.
func (m *Model) nobody() {
	if len(m.state.Conversations()) == 0 {
		m.say(warning, "nobody to write to yet: "+m.keys.Key(keys.AddContact)+" adds a contact, "+m.keys.Key(keys.MyLink)+" shows your link")
		return
	}
	m.say(warning, "this goes nowhere: open a conversation first, with "+m.keys.Key(keys.GoTo)+" or "+m.keys.Key(keys.Send))
}
