package tui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/vault"
)

// secret is a line that is not shown. It is kept in one piece of memory, which is wiped
// with what was in it.
type secret struct {
	label string
	text  []byte
}

func newSecret(label string) *secret {
	return &secret{label, make([]byte, 0, vault.MaxPassphrase)}
}

// take returns what was typed, which the caller wipes, and begins anew.
func (s *secret) take() []byte {
	taken := append([]byte{}, s.text...)
	s.wipe()
	return taken
}

func (s *secret) wipe() {
	clear(s.text[:cap(s.text)])
	s.text = s.text[:0]
}

// typed lets a key or pasted text do to it what it does in a field, as far as that is
// possible without seeing it. It returns false for what does not fit.
func (s *secret) typed(m *Model, msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return s.insert(strings.TrimRight(msg.Content, "\r\n"))
	case tea.KeyPressMsg:
		switch a, _ := m.keys.Find(keys.Composer, msg.String()); a {
		case keys.Backspace:
			_, size := utf8.DecodeLastRune(s.text)
			clear(s.text[len(s.text)-size:])
			s.text = s.text[:len(s.text)-size]
		case keys.DeleteToStart, keys.DeleteWord:
			s.wipe()
		default:
			return s.insert(msg.Text)
		}
	}
	return true
}

func (s *secret) insert(text string) bool {
	if strings.ContainsAny(text, "\r\n") || len(s.text)+len(text) > cap(s.text) {
		return false
	}
	s.text = append(s.text, text...)
	return true
}

// show adds the label, and a dot for each character.
func (s *secret) show(p *page, focused bool) *position {
	style := p.m.theme.Dim
	if focused {
		style = p.m.theme.Accent
	}
	p.say(style, s.label)
	dots := min(utf8.RuneCount(s.text), max(p.width-3, 0))
	p.raw(style.Paint("> ") + strings.Repeat("•", dots))
	if !focused {
		return nil
	}
	return &position{2 + dots, len(p.lines) - 1}
}
