package tui

import (
	tea "charm.land/bubbletea/v2"
)

// picker is a dialog with a list that can be clicked on: the list, and how many items of it
// there are, or can be seen.
type picker interface {
	picked(m *Model) (*pick, int)
}

// pointedInDialog takes the mouse for the topmost dialog: the wheel is the keys up and
// down, a click chooses, and a click on what is chosen does what Enter does. A click
// outside does nothing: who misses loses nothing that was typed.
func (m *Model) pointedInDialog(o overlay, msg tea.MouseMsg) tea.Cmd {
	if c, ok := o.(capturing); ok && c.captures() {
		return nil // the mouse is no key that could be given to anything
	}
	at, area := msg.Mouse(), m.overlayArea(o)
	switch msg.(type) {
	case tea.MouseWheelMsg:
		k := tea.KeyPressMsg{Code: tea.KeyDown}
		if at.Button == tea.MouseWheelUp {
			k.Code = tea.KeyUp
		}
		return o.update(m, k)
	case tea.MouseClickMsg:
		list, ok := o.(picker)
		if !ok || at.Button != tea.MouseLeft || !area.has(at.X, at.Y) {
			return nil
		}
		if p, n := list.picked(m); p.click(at.Y-area.y, n) {
			return o.update(m, tea.KeyPressMsg{Code: tea.KeyEnter})
		}
	}
	return nil
}
