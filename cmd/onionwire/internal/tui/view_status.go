package tui

import (
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
)

// wideBar is the width of a status line that has room for everything.
const wideBar = 80

// statusLine is the last line: what was just said, or how Tor and the node are doing.
func (m *Model) statusLine() string {
	w := m.screen.status.w
	if m.notice.text != "" && m.now().Before(m.notice.until) {
		style := m.theme.Bar
		switch m.notice.kind {
		case warning:
			style = m.theme.BarWarning
		case failed:
			style = m.theme.BarBad
		}
		return style.Paint(safe.Fit(m.method, " "+m.notice.text, w))
	}
	state, style := m.torText(w)
	left := " " + state
	var facts []string
	s := m.state.Status
	if n := m.state.Unread(); n > 0 && m.state.Connected {
		facts = append(facts, fmt.Sprintf("%d unread", n))
	}
	if n := len(m.state.Asking()); n > 0 && m.screen.sidebar.w == 0 {
		facts = append(facts, plural(n, "request")+" "+m.keys.Key(keys.Requests))
	}
	if s.Waiting > 0 && m.state.Connected {
		facts = append(facts, fmt.Sprintf("%d waiting", s.Waiting))
	}
	if s.Connected > 0 && m.state.Connected && w >= wideBar {
		facts = append(facts, fmt.Sprintf("%d connected", s.Connected))
	}
	right := safe.Line(m.o.Profile) + "  " + m.keys.Key(keys.Help) + " help "
	left = safe.Cut(m.method, left, w)
	middle := ""
	for ; len(facts) > 0 && middle == ""; facts = facts[:len(facts)-1] {
		if text := "  " + strings.Join(facts, ", "); safe.Width(m.method, left+text) <= w {
			middle = text
		}
	}
	gap := w - safe.Width(m.method, left) - safe.Width(m.method, middle)
	if n := safe.Width(m.method, right); n+1 <= gap {
		right = safe.Spaces(gap-n) + right
	} else {
		right = safe.Spaces(gap)
	}
	return style.Paint(left) + m.theme.Bar.Paint(middle+right)
}

// torText says whether others can reach this node, no better than it is.
func (m *Model) torText(w int) (string, theme.Style) {
	s := m.state.Status
	switch {
	case !m.state.Connected && s.Tor == "":
		return "? starting", m.theme.BarWarning
	case !m.state.Connected:
		return "? the node does not answer", m.theme.BarBad
	case s.Tor == "off":
		return "○ Tor is off" + m.statusKey(), m.theme.BarWarning
	case s.Tor == "ended":
		return "✗ Tor has ended" + m.statusKey(), m.theme.BarBad
	case s.TorError != "":
		return "✗ Tor is lost" + m.statusKey(), m.theme.BarBad
	case s.Bootstrap < 100 && (s.BootstrapWarning != "" || s.NetworkError != ""):
		return fmt.Sprintf("✗ Tor is stuck at %d%%", s.Bootstrap) + m.statusKey(), m.theme.BarWarning
	case s.Bootstrap < 100:
		return fmt.Sprintf("Tor %s %d%%", bar(s.Bootstrap, min(max(w/6, 6), 20)), s.Bootstrap), m.theme.BarWarning
	case s.Reachable:
		return "● reachable", m.theme.BarGood
	case s.Service == "gone":
		return "✗ your address is gone" + m.statusKey(), m.theme.BarBad
	case s.Service == "degraded":
		return "◌ hard to reach" + m.statusKey(), m.theme.BarWarning
	}
	return "◌ publishing your address", m.theme.BarWarning
}

// statusKey names the key that says more.
func (m *Model) statusKey() string {
	if k := m.keys.Key(keys.Status); k != "" {
		return " (" + k + ")"
	}
	return ""
}

// drawGate paints what is there before the node is.
func (m *Model) drawGate(lines []string) {
	text := "Opening the profile …"
	switch m.stage {
	case locked:
		text = "Locked."
	case making:
		text = ""
	case locking:
		text = "Locking …"
	case broken:
		text = "The profile could not be opened: " + safe.Line(m.failure.Error()) + "."
		if m.o.Hint != nil {
			if hint := m.o.Hint(m.failure); hint != "" {
				text += "\n\n" + safe.Text(hint)
			}
		}
		text += "\n\n" + m.keys.Key(keys.Quit) + " leaves."
	}
	m.center(lines, m.screen.w, text)
}
