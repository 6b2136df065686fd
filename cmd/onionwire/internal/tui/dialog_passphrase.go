package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
)

// passphrasePrompt asks for the passphrase of the profile, at the start and after a lock.
type passphrasePrompt struct {
	secret *secret
	said   string
}

// askPassphrase shows the prompt, and why, if it is shown once more.
func (m *Model) askPassphrase() tea.Cmd {
	p := &passphrasePrompt{secret: newSecret("Passphrase of the profile " + safe.Line(m.o.Profile))}
	switch {
	case refused(m.failure):
		p.said = "This is not the passphrase. Mind the keyboard layout and capital letters."
	case m.failure != nil:
		p.said = reason(m.failure)
	}
	m.open(p)
	return nil
}

func (p *passphrasePrompt) title() string { return "Locked" }

func (p *passphrasePrompt) size(width, _ int) (int, int) { return min(width, 60), 5 }

func (p *passphrasePrompt) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Quit} }

func (p *passphrasePrompt) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		p.typed(m, msg)
	case tea.KeyPressMsg:
		switch m.dialogAction(msg) {
		case keys.Confirm:
			m.closeOverlay(p)
			return m.unlock(p.secret.take())
		case keys.Close:
			p.secret.wipe()
		default:
			p.typed(m, msg)
		}
	}
	return nil
}

func (p *passphrasePrompt) typed(m *Model, msg tea.Msg) {
	p.said = ""
	if !p.secret.typed(m, msg) {
		p.said = "That is no passphrase: it is too long, or has several lines."
	}
}

func (p *passphrasePrompt) view(m *Model, width, height int) ([]string, *position) {
	page := m.page(width)
	cursor := p.secret.show(page, true)
	if p.said != "" {
		page.say(m.theme.Bad, p.said)
	}
	return page.lines[:min(len(page.lines), height)], cursor
}
