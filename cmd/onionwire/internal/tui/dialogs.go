package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// dialogs are what opens a dialog, by the action that asks for it.
var dialogs = map[keys.Action]func(m *Model) tea.Cmd{}

// show opens the dialog of an action.
func (m *Model) show(action keys.Action) tea.Cmd {
	if open, there := dialogs[action]; there {
		return open(m)
	}
	m.say(info, "this is not there yet")
	return nil
}

// command does what was typed behind a slash.
func (m *Model) command(string) tea.Cmd { return m.show(keys.Console) }

// askPassphrase opens the dialog in which the passphrase of the profile is typed.
func (m *Model) askPassphrase() tea.Cmd { return m.show(keys.Lock) }
