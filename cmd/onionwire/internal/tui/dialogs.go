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
		m.openAdd(unasked{})
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
			return m.openVerify(who.ID, "")
		}
		m.say(warning, "open a conversation first")
	case keys.Lock:
		return m.lock(true)
	}
	return nil
}

// elsewhere reports whether an action leads away from the conversation, so that it ends the
// selection of a message.
func elsewhere(a keys.Action) bool {
	switch a {
	case keys.Console, keys.GoTo, keys.Requests, keys.MyLink, keys.AddContact, keys.Files, keys.Search, keys.Status,
		keys.Settings, keys.Verify, keys.NextUnread, keys.NextTalk, keys.PreviousTalk, keys.NextTab, keys.PreviousTab, keys.CloseTab:
		return true
	}
	_, isTab := tabNumber(a)
	return isTab
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
