package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
)

// settingList shows the settings, and changes them.
type settingList struct {
	pick pick
	edit *entry // the value that is typed, while it is
	name string // of what
}

// openSettings shows all, with one of them chosen if it is named.
func (m *Model) openSettings(name string) {
	l := &settingList{}
	if i := slices.IndexFunc(m.settings(), func(s setting) bool { return s.name == name }); i >= 0 {
		l.pick.at = i
	} else if name != "" {
		m.say(warning, "there is no setting of that name")
	}
	m.open(l)
}

func (l *settingList) title() string { return "Settings" }

func (l *settingList) size(width, _ int) (int, int) { return min(width, 84), 24 }

func (l *settingList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *settingList) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Close} }

func (l *settingList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if l.edit != nil {
			m.typed(&l.edit.Editor, msg)
		}
	case tea.KeyPressMsg:
		if l.edit != nil {
			return l.editKey(m, msg)
		}
		all := m.settings()
		switch a := m.dialogAction(msg); {
		case a == keys.Close:
			m.closeOverlay(l)
		case a == keys.Confirm:
			return l.chosen(m, all[l.pick.at])
		default:
			l.pick.act(a, len(all))
		}
	}
	return nil
}

// chosen takes the next value of a list, or asks for one.
func (l *settingList) chosen(m *Model, s setting) tea.Cmd {
	if n := len(s.choices); n > 0 {
		return m.change(s.name, s.choices[(slices.Index(s.choices, s.value)+1)%n])
	}
	l.name, l.edit = s.name, newEntry(s.label, 4096)
	l.edit.Set(s.value)
	return nil
}

func (l *settingList) editKey(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch m.dialogAction(k) {
	case keys.Close:
		l.edit = nil
	case keys.Confirm:
		value := strings.TrimSpace(l.edit.Text())
		l.edit = nil
		return m.change(l.name, value)
	default:
		m.typed(&l.edit.Editor, k)
	}
	return nil
}

func (l *settingList) picked(m *Model) (*pick, int) {
	return &l.pick, min(len(m.settings()), l.pick.top+l.pick.height)
}

func (l *settingList) view(m *Model, width, height int) ([]string, *position) {
	all := m.settings()
	l.pick.clip(len(all))
	foot := m.page(width)
	var cursor *position
	foot.blank()
	if l.edit != nil {
		cursor = l.edit.show(foot, true)
	}
	foot.say(m.theme.Dim, strings.ReplaceAll(all[l.pick.at].doc, "`", ""))
	p := m.page(width)
	for i, s := range all {
		column := min(28, width/2)
		p.item(i == l.pick.at, m.theme.Text, safe.Fit(m.method, s.label, column-1)+" "+orDash(safe.Line(s.value)))
	}
	rest := max(height-len(foot.lines), 2)
	l.pick.height = rest
	lines := l.pick.seen(p.lines, rest, l.pick.at)
	if cursor != nil {
		cursor.y += len(lines)
	}
	lines = append(lines[:len(lines):len(lines)], foot.lines...)
	return lines[:min(len(lines), height)], cursor
}
