package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// passphrasePrompt asks for the passphrase of the profile. It is there before it is shown,
// and stays until the profile is open: what is typed early goes nowhere else.
type passphrasePrompt struct {
	secret   *secret
	said     string
	checking bool // whether what was typed before is being tried
	entered  bool // whether Enter was pressed early
}

func newPassphrasePrompt(profile string) *passphrasePrompt {
	return &passphrasePrompt{secret: newSecret("Passphrase of the profile " + safe.Line(profile))}
}

// askPassphrase shows the prompt, and why, if it is shown once more.
func (m *Model) askPassphrase() tea.Cmd {
	p := m.gate
	p.checking, p.said = false, ""
	switch {
	case refused(m.failure):
		p.said = "This is not the passphrase. Mind the keyboard layout and capital letters."
	case m.failure != nil:
		p.said = reason(m.failure)
	}
	if !m.shows(p) {
		m.open(p)
	}
	if p.entered {
		return p.confirm(m)
	}
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
			return p.confirm(m)
		case keys.Close:
			p.entered = false
			p.secret.wipe()
		default:
			p.typed(m, msg)
		}
	}
	return nil
}

// confirm tries what was typed, as soon as that is possible.
func (p *passphrasePrompt) confirm(m *Model) tea.Cmd {
	p.entered = false
	switch {
	case len(p.secret.text) == 0 && m.stage == locked:
		p.said = "Type the passphrase first."
	case len(p.secret.text) == 0:
	case m.stage != locked:
		p.entered = true
	default:
		p.checking, p.said = true, ""
		return m.unlock(p.secret.take())
	}
	return nil
}

// typed takes a key or pasted text. What comes after Enter is not for here.
func (p *passphrasePrompt) typed(m *Model, msg tea.Msg) {
	if p.entered {
		return
	}
	p.said = ""
	if !p.secret.typed(m, msg) {
		p.said = "That is no passphrase: it is too long, or has several lines."
	}
}

// close forgets what was typed.
func (p *passphrasePrompt) close(m *Model) {
	p.checking, p.entered, p.said = false, false, ""
	p.secret.wipe()
	m.closeOverlay(p)
}

func (p *passphrasePrompt) view(m *Model, width, height int) ([]string, *position) {
	page := m.page(width)
	cursor := p.secret.show(page, true)
	switch {
	case p.said != "":
		page.say(m.theme.Bad, p.said)
	case p.checking:
		page.say(m.theme.Dim, "Checking the passphrase, and opening the profile …")
	case m.o.Locked:
		page.say(m.theme.Dim, "While it is locked nobody reaches you, unless 'onionwire serve' runs. Messages wait.")
	}
	return page.lines[:min(len(page.lines), height)], cursor
}
