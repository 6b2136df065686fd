package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// show opens the dialog of an action.
func (m *Model) show(action keys.Action) tea.Cmd {
	if action == keys.Help {
		m.explain()
		return nil
	}
	if m.stage != ready {
		return nil
	}
	switch action {
	case keys.Console:
		m.openConsole("/")
	case keys.GoTo:
		m.openGoTo()
	case keys.Requests:
		m.openRequests()
	case keys.MyLink:
		m.openLink(false, "")
	case keys.AddContact:
		m.openAdd("", "", "")
	case keys.Files:
		m.openFiles()
	case keys.Search:
		m.openSearch("")
	case keys.Status:
		m.openStatus()
	case keys.Settings:
		m.openSettings("")
	case keys.Verify:
		if who, ok := m.talkedTo(); ok {
			m.openVerify(who.ID, "")
		} else {
			m.say(warning, "open a conversation first")
		}
	case keys.Lock:
		return m.lock()
	}
	return nil
}

// explain shows help: about the command that is being typed, if there is one.
func (m *Model) explain() {
	switch top := m.top().(type) {
	case *help: // it is there
	case *commandLine:
		m.openHelp(top.target.Command.Name)
	default:
		m.openHelp("")
	}
}
