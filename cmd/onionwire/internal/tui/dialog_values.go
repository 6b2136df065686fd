package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// valueList shows a setting that is a list, such as the bridges, and adds to it and takes
// from it.
type valueList struct {
	mending // what is to be added
	name    string
	pick    pick
}

func (m *Model) openValues(name string) {
	m.desk.read = false
	m.open(&valueList{name: name})
}

func (l *valueList) title() string { return "Settings: " + l.name }

func (l *valueList) size(width, _ int) (int, int) { return min(width, 84), 16 }

func (l *valueList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *valueList) hints() []keys.Action {
	return l.mending.hints(keys.AddValue, keys.DropValue, keys.Close)
}

func (l *valueList) word(a keys.Action) string {
	switch {
	case a == keys.Confirm:
		return "add it"
	case a == keys.Close && l.edit != nil:
		return "add nothing"
	}
	return ""
}

func (l *valueList) update(m *Model, msg tea.Msg) tea.Cmd {
	s, ok := m.setting(l.name)
	switch msg := msg.(type) {
	case tea.PasteMsg:
		l.pasted(m, s, msg)
	case tea.KeyPressMsg:
		if !ok {
			m.closeOverlay(l)
			return nil
		}
		if l.edit != nil {
			l.editKey(m, s, msg)
			return nil
		}
		l.said = ""
		l.key(m, s, msg)
	}
	return nil
}

func (l *valueList) key(m *Model, s setting, k tea.KeyPressMsg) {
	all := elements(s.Value)
	l.pick.clip(len(all))
	switch a := m.actionIn(keys.ValueList, k); a {
	case keys.Close:
		m.closeOverlay(l)
	case keys.AddValue, keys.Confirm:
		l.begin("One more", "")
	case keys.DropValue:
		if len(all) > 0 {
			l.drop(m, s, all[l.pick.at])
		}
	default:
		l.pick.act(a, len(all))
	}
}

// drop takes an element away. It may be long, and is not remembered: hence the question.
func (l *valueList) drop(m *Model, s setting, what string) {
	m.confirm("Remove "+safe.Line(what)+"?", func() {
		l.put(m, s, without(elements(s.Value), []string{what}))
	})
}

func (l *valueList) put(m *Model, s setting, all []string) {
	m.putValue(s, strings.Join(all, "\n"), l.settled)
}

func (l *valueList) editKey(m *Model, s setting, k tea.KeyPressMsg) {
	switch m.dialogAction(k) {
	case keys.Close:
		l.leave()
	case keys.Confirm:
		l.add(m, s, l.edit.Text())
	default:
		l.typed(m, k)
	}
}

// pasted adds several lines at once, as they come in a mail. One line can be looked at
// before.
func (l *valueList) pasted(m *Model, s setting, msg tea.PasteMsg) {
	if len(elements(msg.Content)) > 1 && (l.edit == nil || l.edit.Empty()) {
		l.add(m, s, msg.Content)
		return
	}
	if l.edit == nil {
		l.begin("One more", "")
	}
	l.typed(m, msg)
}

func (l *valueList) add(m *Model, s setting, lines string) {
	all := elements(s.Value)
	more := without(elements(lines), all)
	if len(more) == 0 {
		l.said = "That is there already."
		if strings.TrimSpace(lines) == "" {
			l.leave()
		}
		return
	}
	l.put(m, s, slices.Concat(all, more))
}

func (l *valueList) picked(m *Model) (*pick, int) {
	s, _ := m.setting(l.name)
	return &l.pick, len(elements(s.Value))
}

func (l *valueList) view(m *Model, width, height int) ([]string, *position) {
	s, _ := m.setting(l.name)
	all := elements(s.Value)
	l.pick.clip(len(all))
	list, foot := m.page(width), m.page(width)
	if len(all) == 0 {
		list.say(m.theme.Dim, "There are none. "+m.keys.Key(keys.AddValue)+" adds one.")
	}
	for i, e := range all {
		list.item(i == l.pick.at && l.edit == nil, m.theme.Text, safe.Line(e))
	}
	foot.blank()
	cursor := l.show(m, foot)
	m.aboutSetting(foot, s)
	return l.pick.between(m.page(width), list, foot, height, cursor)
}
