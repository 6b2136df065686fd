package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// settingList shows the settings, and changes them.
type settingList struct {
	mending
	pick pick
	name string // of what is typed
}

// allKeys is the line of the settings that leads to the keys.
const allKeys = "keys"

// openSettings shows all, with one of them chosen if it is named. Keys and lists have
// dialogs of their own.
func (m *Model) openSettings(name string) {
	m.desk.read = false // somebody may have edited the files
	l := &settingList{}
	rows := m.settingRows()
	i := slices.IndexFunc(rows, func(s setting) bool { return s.Name == name })
	switch {
	case name == allKeys:
		m.openKeys("")
		return
	case isKeys(name):
		m.openKeys(strings.TrimPrefix(name, keysPrefix))
		return
	case i >= 0 && rows[i].List:
		m.openValues(name)
		return
	case i >= 0:
		l.pick.at = i
	case name != "":
		m.say(warning, "there is no setting of that name")
	}
	m.open(l)
}

// settingRows are the settings, with a line for all keys.
func (m *Model) settingRows() []setting {
	all := slices.DeleteFunc(m.settings(), func(s setting) bool { return isKeys(s.Name) })
	value := "as they come"
	if n := len(m.o.Keys); n > 0 {
		value = fmt.Sprintf("%d of your own", n)
	}
	return append(all, setting{label: allKeys, Preference: Preference{
		Name: allKeys, Value: value, Doc: "Which key does what. Each action can have other keys, or none.",
	}})
}

func (l *settingList) title() string { return "Settings" }

func (l *settingList) size(width, _ int) (int, int) { return min(width, 84), 24 }

func (l *settingList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *settingList) hints() []keys.Action {
	return l.mending.hints(keys.Confirm, keys.DefaultSetting, keys.Close)
}

func (l *settingList) word(a keys.Action) string {
	switch {
	case a == keys.Confirm && l.edit != nil:
		return "keep it"
	case a == keys.Confirm:
		return "change"
	case a == keys.Close && l.edit != nil:
		return "leave it as it was"
	}
	return ""
}

func (l *settingList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if l.edit != nil {
			l.typed(m, msg)
		}
	case tea.KeyPressMsg:
		if l.edit != nil {
			l.editKey(m, msg)
			return nil
		}
		l.said = ""
		l.key(m, msg)
	}
	return nil
}

func (l *settingList) key(m *Model, k tea.KeyPressMsg) {
	rows := m.settingRows()
	l.pick.clip(len(rows))
	switch a := m.actionIn(keys.SettingList, k); a {
	case keys.Close:
		m.closeOverlay(l)
	case keys.Confirm:
		l.chosen(m, rows[l.pick.at])
	case keys.DefaultSetting:
		l.reset(m, rows[l.pick.at])
	default:
		l.pick.act(a, len(rows))
	}
}

// chosen takes the next value of a list, or asks for one.
func (l *settingList) chosen(m *Model, s setting) {
	switch n := len(s.Choices); {
	case s.Name == allKeys:
		m.openKeys("")
	case s.List:
		m.openValues(s.Name)
	case n > 0:
		l.put(m, s, s.Choices[(slices.Index(s.Choices, s.Value)+1)%n])
	default:
		l.name = s.Name
		l.begin(s.label, s.Value)
	}
}

// put changes a setting. A value that is refused stays, to be mended.
func (l *settingList) put(m *Model, s setting, value string) {
	m.putValue(s, value, l.settled)
}

// reset takes a preference out of the file of the profile.
func (l *settingList) reset(m *Model, s setting) {
	if !s.later {
		l.said = "This one has no default: it is changed only."
		return
	}
	m.resetValue(s, l.settled)
}

func (l *settingList) editKey(m *Model, k tea.KeyPressMsg) {
	switch m.dialogAction(k) {
	case keys.Close:
		l.leave()
	case keys.Confirm:
		if s, ok := m.setting(l.name); ok {
			l.put(m, s, strings.TrimSpace(l.edit.Text()))
		}
	default:
		l.typed(m, k)
	}
}

func (l *settingList) picked(m *Model) (*pick, int) {
	return &l.pick, min(len(m.settingRows()), l.pick.top+l.pick.height)
}

func (l *settingList) view(m *Model, width, height int) ([]string, *position) {
	rows := m.settingRows()
	l.pick.clip(len(rows))
	head, foot := m.page(width), m.page(width)
	if err := m.desk.unread; err != nil {
		head.say(m.theme.Bad, "The files cannot be read: "+reason(err))
		head.say(m.theme.Dim, "Until that is mended, what they said before holds, and nothing is written to them.")
		head.blank()
	}
	foot.blank()
	cursor := l.show(m, foot)
	m.aboutSetting(foot, rows[l.pick.at])
	list := m.page(width)
	for i, s := range rows {
		list.item(i == l.pick.at, m.theme.Text, settingLine(m, s, width))
	}
	return l.pick.between(head, list, foot, height, cursor)
}

// settingLine is what a setting is called, its value, and where there is room where that
// comes from.
func settingLine(m *Model, s setting, width int) string {
	column := min(24, width/2)
	text := safe.Fit(m.method, s.label, column-1) + " " + orDash(safe.Line(inLine(s.Value)))
	if room := width - 24; room >= 40 && s.Source != "" {
		text = safe.Fit(m.method, text, room) + " " + safe.Cut(m.method, s.Source, 23)
	}
	return text
}

// aboutSetting says where a value comes from, and what it is for.
func (m *Model) aboutSetting(p *page, s setting) {
	switch {
	case s.Decider != "":
		p.say(m.theme.Warning, "It comes from "+s.Decider+", which decides as long as it is there, whatever is set here.")
	case s.Source != "":
		says := "It comes from the " + s.Source + "."
		if s.Default != "" {
			says += " If nothing is set: " + safe.Line(inLine(s.Default))
		}
		p.say(m.theme.Dim, says)
	}
	p.say(m.theme.Dim, strings.ReplaceAll(s.Doc, "`", ""))
}
