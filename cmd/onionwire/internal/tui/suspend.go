package tui

import tea "charm.land/bubbletea/v2"

// suspend gives the terminal to the shell until that lets the program go on. The screen is
// emptied: it is what is painted first then, and somebody else may look at it.
func (m *Model) suspend() tea.Cmd {
	if m.o.Suspendable == nil || !m.o.Suspendable() {
		m.say(warning, "there is no shell here that could take the terminal")
		return nil
	}
	m.away = true
	return tea.Suspend
}

// resumed shows the screen again, unless it has to be locked meanwhile.
func (m *Model) resumed() tea.Cmd {
	if lock := m.idle(); lock != nil {
		return lock
	}
	m.away = false
	return nil
}
