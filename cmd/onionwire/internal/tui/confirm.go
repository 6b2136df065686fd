package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
)

// confirm asks before something that cannot be undone.
func (m *Model) confirm(question string, do func()) { m.open(&confirmation{question, do}) }

// confirmation is a question whose answer is yes or no.
type confirmation struct {
	question string
	do       func()
}

func (*confirmation) title() string        { return "Are you sure?" }
func (*confirmation) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Close} }
func (c *confirmation) size(w, _ int) (int, int) {
	w = min(w, 50)
	return w, len(safe.Wrap(safe.ByCharacter, c.question, w, false))
}

func (c *confirmation) update(m *Model, msg tea.Msg) tea.Cmd {
	k, isKey := msg.(tea.KeyPressMsg)
	if !isKey {
		return nil
	}
	switch action := m.dialogAction(k); {
	case action == keys.Close || k.Text == "n":
		m.closeOverlay(c)
	case action == keys.Confirm || k.Text == "y":
		m.closeOverlay(c)
		c.do()
	}
	return nil
}

func (c *confirmation) view(m *Model, width, height int) ([]string, *position) {
	var lines []string
	for _, row := range safe.Wrap(m.method, c.question, width, false) {
		lines = append(lines, row.Text)
	}
	return lines[:min(len(lines), height)], nil
}
