package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/rpc"
)

// View is the screen.
func (m *Model) View() tea.View {
	lines, cursor := m.draw()
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen, v.ReportFocus = true, true
	v.WindowTitle = "onionwire"
	if m.stage == ready && !m.away && m.state.Status.Unread > 0 {
		v.WindowTitle = "onionwire •"
	}
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if cursor != nil {
		v.Cursor = tea.NewCursor(cursor.x, cursor.y)
	}
	return v
}

// draw paints the screen: as many lines as it has, and where the cursor is.
func (m *Model) draw() ([]string, *position) {
	s := &m.screen
	if s.w == 0 {
		m.arrange()
	}
	lines := make([]string, s.h)
	if m.away {
		return lines, nil
	}
	var cursor *position
	if m.stage != ready {
		m.drawGate(lines)
	} else {
		cursor = m.drawMain(lines)
	}
	for _, o := range m.overlays {
		cursor = m.drawOverlay(lines, o)
	}
	return lines, cursor
}

// drawMain paints the conversation and what is around it.
func (m *Model) drawMain(lines []string) *position {
	s := &m.screen
	r := m.room()
	if s.tabs.h > 0 {
		lines[s.tabs.y] = m.tabLine()
	}
	lines[s.title.y] = m.titleLine(r)
	m.drawTimeline(r, lines[s.timeline.y:s.timeline.y+s.timeline.h])
	lines[s.divider.y] = m.dividerLine(r)
	cursor := m.drawComposer(r, lines)
	if s.sidebar.w > 0 {
		m.drawSidebar(lines)
	}
	lines[s.status.y] = m.statusLine()
	if s.w > m.width || s.h > m.height {
		return nil
	}
	return cursor
}

// drawTimeline paints messages, or what there is instead.
func (m *Model) drawTimeline(r *room, lines []string) {
	s := &m.screen
	if r == nil {
		m.center(lines, s.timeline.w, m.emptyText())
		return
	}
	t := m.timeline(r)
	switch {
	case len(s.lines) > 0:
		// The latest are at the bottom.
		copy(lines[len(lines)-len(s.lines):], s.lines)
	case t == nil || t.Loading():
		m.center(lines, s.timeline.w, "loading …")
	case t.Failed != nil:
		m.center(lines, s.timeline.w, "The messages could not be loaded.")
	case len(m.state.Notes(r.id)) > 0:
		copy(lines, m.notes(m.state.Notes(r.id), s.timeline.w))
	default:
		text := "No messages yet."
		if c := m.state.Conversation(r.id); c != nil && m.state.Presence(c.Contact(), m.now()).State != rpc.Online {
			text += " What you write waits until the other side is there."
		}
		m.center(lines, s.timeline.w, text)
	}
}

// emptyText is what to do when nothing is open.
func (m *Model) emptyText() string {
	if len(m.state.Conversations()) > 0 {
		return "Choose a conversation: " + m.keys.Key(keys.NextTalk) + ", or " + m.keys.Key(keys.GoTo) + " and its name."
	}
	return "No conversations yet. " + m.keys.Key(keys.MyLink) + " shows your contact link to give to somebody, " +
		m.keys.Key(keys.AddContact) + " takes the link of somebody. " + m.keys.Key(keys.Help) + " is help."
}

// center puts a text in the middle.
func (m *Model) center(lines []string, w int, text string) {
	rows := safe.Wrap(m.method, text, max(w-4, 1), false)
	top := max((len(lines)-len(rows))/2, 0)
	for i, row := range rows[:min(len(rows), len(lines))] {
		left := max((w-safe.Width(m.method, row.Text))/2, 0)
		lines[top+i] = safe.Spaces(left) + m.theme.Dim.Paint(row.Text)
	}
}

// dividerLine is above the composer, with what is special about it.
func (m *Model) dividerLine(r *room) string {
	w := m.screen.divider.w
	if r == nil {
		return m.theme.Border.Paint(strings.Repeat("─", w))
	}
	words := ""
	c := m.state.Conversation(r.id)
	switch {
	case r.long != "":
		return m.theme.Warning.Paint(safe.Cut(m.method, m.longHint(r, w), w))
	case r.selecting:
		words = m.selectionHint(r)
	case r.editing != 0:
		words = "editing; " + m.keys.Key(keys.Send) + " changes it, " + m.keys.Key(keys.Cancel) + " leaves it"
	case c != nil && c.Typist(m.now()) != 0:
		words = m.state.Label(c.Typist(m.now())) + " is typing"
	case !r.anchor.follow && m.timeline(r) != nil && len(m.screen.lines) > 0:
		words = m.keys.Key(keys.Latest) + ": latest"
		if c != nil && c.Unread > 0 {
			words = unreadText(c.Unread) + " unread; " + words
		}
	}
	if words == "" {
		return m.theme.Border.Paint(strings.Repeat("─", w))
	}
	words = safe.Cut(m.method, "── "+words+" ", w)
	return m.theme.Border.Paint(words + strings.Repeat("─", max(w-safe.Width(m.method, words), 0)))
}

// drawComposer paints what is being written.
func (m *Model) drawComposer(r *room, lines []string) *position {
	area := m.screen.composer
	if r == nil {
		lines[area.y] = ""
		return nil
	}
	rows, x, y := r.editor.View(m.method, area.w, area.h)
	prompt := m.theme.Accent.Paint("›") + " "
	for i, row := range rows {
		lines[area.y+i] = prompt + m.theme.Text.Paint(row)
		prompt = "  "
	}
	switch {
	case r.long != "":
		// How it begins, so that it is known which text that is.
		lines[area.y] = m.theme.Accent.Paint("›") + " " + m.theme.Dim.Paint(safe.Cut(m.method, safe.Line(beginning(r.long, area.w)), area.w))
		return nil
	case r.editor.Empty():
		lines[area.y] = m.theme.Accent.Paint("›") + " " + m.theme.Dim.Paint(safe.Cut(m.method, m.invitation(r), area.w))
	}
	if r.selecting {
		return nil
	}
	return &position{area.x + x, area.y + y}
}

// invitation is what an empty composer says.
func (m *Model) invitation(r *room) string {
	c := m.state.Conversation(r.id)
	if c == nil {
		return ""
	}
	contact, there := m.state.Contact(c.Contact())
	switch {
	case !there:
		return "Write a message"
	case contact.State == rpc.RequestedContact:
		return "Write a message; it waits until they accept your request"
	case contact.State == rpc.BlockedContact:
		return "This contact is blocked"
	case contact.State == rpc.DeletedContact:
		return "This contact was deleted"
	}
	return "Write a message"
}
