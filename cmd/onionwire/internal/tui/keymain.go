package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/ledger"
)

// mainKey takes a key while no dialog is open.
func (m *Model) mainKey(action keys.Action, k tea.KeyPressMsg) tea.Cmd {
	if n, isTab := tabNumber(action); isTab {
		if n <= len(m.tabs) {
			m.enter(m.tabs[n-1])
		}
		return nil
	}
	r := m.room()
	if r == nil || r.editor.Empty() {
		switch k.Text {
		case "?":
			return m.show(keys.Help)
		case "/":
			if r == nil {
				return m.show(keys.Console)
			}
			if r.begins() {
				return m.openConsoleFrom(r, "/")
			}
		}
	}
	switch action {
	case keys.NextUnread:
		m.nextUnread()
	case keys.NextTalk:
		m.step(1, false)
	case keys.PreviousTalk:
		m.step(-1, false)
	case keys.NextTab:
		m.step(1, true)
	case keys.PreviousTab:
		m.step(-1, true)
	case keys.CloseTab:
		m.closeTab(m.active)
	case keys.Sidebar:
		m.sidebarHidden = !m.sidebarHidden
	case keys.Mouse:
		m.mouse = !m.mouse
		m.say(info, "mouse "+map[bool]string{true: "on", false: "off: the terminal selects text again"}[m.mouse])
	case keys.Console, keys.GoTo, keys.Requests, keys.MyLink, keys.AddContact, keys.Files, keys.Search,
		keys.Status, keys.Settings, keys.Verify:
		return m.show(action)
	default:
		if r != nil {
			return m.roomKey(r, action, k)
		}
		return m.nobodyKey(action, k)
	}
	return nil
}

// roomKey takes a key that is for the conversation that is seen.
func (m *Model) roomKey(r *room, action keys.Action, k tea.KeyPressMsg) tea.Cmd {
	page := max(m.screen.timeline.h-2, 1)
	switch action {
	case keys.PageUp:
		m.scroll(r, -page)
	case keys.PageDown:
		m.scroll(r, page)
	case keys.LineUp:
		m.scroll(r, -1)
	case keys.LineDown:
		m.scroll(r, 1)
	case keys.Oldest:
		m.oldest(r)
	case keys.Latest:
		r.anchor = anchor{follow: true}
		m.ask(m.state.End(r.id)...)
	case keys.Select:
		m.selectLast(r)
	case keys.Mute:
		m.mute(r.id)
	case keys.Editor:
		return m.external(r)
	default:
		return m.composerKey(r, action, k)
	}
	return nil
}

func tabNumber(a keys.Action) (int, bool) {
	digits, isTab := strings.CutPrefix(string(a), "tab-")
	n, err := strconv.Atoi(digits)
	return n, isTab && err == nil
}

func (m *Model) nextUnread() {
	var after ledger.ConversationID
	if m.active != 0 {
		after = m.active
	}
	if id := m.state.NextUnread(after); id != 0 {
		m.enter(id)
		return
	}
	m.say(info, "nothing is unread")
}
