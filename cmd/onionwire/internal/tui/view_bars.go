package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// tabLine shows the conversations that are open.
func (m *Model) tabLine() string {
	const most = 16 // of a name
	s := &m.screen
	s.tabEnds, s.tabIDs = s.tabEnds[:0], s.tabIDs[:0]
	first := 0
	widths := make([]int, len(m.tabs))
	labels := make([]string, len(m.tabs))
	for i, id := range m.tabs {
		c := m.state.Conversation(id)
		if c == nil {
			continue
		}
		label := model.Shorten(m.method, m.state.Name(c), most)
		if c.Unread > 0 {
			label += " (" + unreadText(c.Unread) + ")"
		}
		if i < 9 {
			label = fmt.Sprintf("%d %s", i+1, label)
		}
		labels[i] = " " + label + " "
		widths[i] = safe.Width(m.method, labels[i]) + 1
	}
	for m.tabsTo(first, widths) > s.tabs.w && first < len(m.tabs)-1 {
		first++
	}
	var b strings.Builder
	x := 0
	for i := first; i < len(m.tabs) && x < s.tabs.w; i++ {
		label := safe.Cut(m.method, labels[i], s.tabs.w-x)
		style := m.theme.Dim
		if c := m.state.Conversation(m.tabs[i]); m.tabs[i] == m.active {
			style = m.theme.Selected
		} else if c != nil && c.Unread > 0 {
			style = m.theme.Unread
		}
		b.WriteString(style.Paint(label))
		if x += safe.Width(m.method, label); x < s.tabs.w {
			b.WriteString(m.theme.Border.Paint("│"))
			x++
		}
		s.tabEnds, s.tabIDs = append(s.tabEnds, s.tabs.x+x), append(s.tabIDs, m.tabs[i])
	}
	return b.String()
}

// tabsTo is how wide the tabs are from one to the active one.
func (m *Model) tabsTo(first int, widths []int) (w int) {
	for i := first; i < len(m.tabs); i++ {
		w += widths[i]
		if m.tabs[i] == m.active {
			break
		}
	}
	return w
}

// shortName is how much of a name is always seen, in cells.
const shortName = 16

// titleLine says with whom one talks, and whether they are there.
func (m *Model) titleLine(r *room) string {
	w := m.screen.title.w
	if r == nil {
		return m.theme.Title.Paint(safe.Cut(m.method, "onionwire", w))
	}
	c := m.state.Conversation(r.id)
	if c == nil {
		return m.theme.Dim.Paint("this conversation is gone")
	}
	name, verified := m.state.Name(c), ""
	contact, _ := m.state.Contact(c.Contact())
	if contact.Verified {
		verified = " ✔"
	}
	facts, style := m.presenceText(c)
	if w >= wordsFrom {
		if contact.Verified {
			facts += ", verified"
		}
		if m.state.MutedHere(c) {
			facts += ", muted"
		}
		if c.Timer > 0 {
			facts += ", messages disappear after " + wording.Span(time.Duration(c.Timer))
		}
	}
	facts = safe.Cut(m.method, facts, w-min(safe.Width(m.method, name+verified), shortName)-1)
	name = model.Shorten(m.method, name, w-safe.Width(m.method, verified+facts)-1) + verified
	gap := max(w-safe.Width(m.method, name)-safe.Width(m.method, facts), 1)
	return m.theme.Title.Paint(name) + safe.Spaces(gap) + style.Paint(facts)
}

// presenceText says whether the other side of a conversation is there, no better than it is.
func (m *Model) presenceText(c *model.Conversation) (string, theme.Style) {
	id := c.Contact()
	contact, there := m.state.Contact(id)
	switch {
	case id == 0 || !there:
		return "", m.theme.Dim
	case contact.State == rpc.RequestedContact:
		return "has not accepted yet", m.theme.Warning
	case contact.State != rpc.AcceptedContact:
		return string(contact.State), m.theme.Bad
	case contact.Forgotten:
		return "does not know you any more", m.theme.Bad
	}
	now := m.now()
	glyph, style := m.presenceGlyph(id)
	return glyph + " " + wording.Presence(m.state.Presence(id, now), now), style
}

// drawSidebar paints the conversations beside what is on the lines.
func (m *Model) drawSidebar(lines []string) {
	s := &m.screen
	border := m.theme.Border.Paint("│")
	for y := range s.sidebar.h {
		side := safe.Spaces(s.sidebar.w)
		if y < len(s.sideRows) {
			side = m.sideLine(s.sideRows[y], s.sidebar.w)
		}
		lines[y] = side + border + lines[y]
	}
}

// sideLine is a row of the sidebar, w cells wide.
func (m *Model) sideLine(row sideRow, w int) string {
	if row.requests {
		text := "! " + plural(len(m.state.Asking()), "request") + "  " + m.keys.Key(keys.Requests)
		return m.theme.Warning.Paint(safe.Fit(m.method, text, w))
	}
	c := m.state.Conversation(row.conversation)
	if c == nil {
		return safe.Spaces(w)
	}
	flags := ""
	if room := m.rooms[c.ID]; room != nil && c.ID != m.active && room.text() != "" {
		flags += " ✎"
	}
	if m.state.MutedHere(c) {
		flags += " m"
	}
	if c.Mention {
		flags += " @"
	}
	if c.Unread > 0 {
		flags += " " + unreadText(c.Unread)
	}
	glyph, style := m.presenceGlyph(c.Contact())
	inside := w - 2
	left := inside - safe.Width(m.method, flags) - 1
	name := safe.Fit(m.method, model.Shorten(m.method, m.state.Name(c), left), left)
	switch {
	case c.ID == m.active:
		return m.theme.Selected.Paint(glyph + " " + name + flags + " ")
	case c.Unread > 0 && !m.state.MutedHere(c):
		return style.Paint(glyph) + " " + m.theme.Unread.Paint(name+flags) + " "
	}
	return style.Paint(glyph) + " " + m.theme.Text.Paint(name) + m.theme.Dim.Paint(flags) + " "
}

// presenceGlyph is one cell for whether a contact is there.
func (m *Model) presenceGlyph(id ledger.ContactID) (string, theme.Style) {
	switch c, there := m.state.Contact(id); {
	case there && c.State == rpc.RequestedContact:
		return "…", m.theme.Dim // asked, and no more
	case !there || c.State != rpc.AcceptedContact:
		return " ", m.theme.Dim
	}
	switch m.state.Presence(id, m.now()).State {
	case rpc.Online:
		return "●", m.theme.Good
	case rpc.Silent:
		return "◐", m.theme.Warning
	case rpc.Connecting:
		return "◌", m.theme.Warning
	case rpc.Offline:
		return "○", m.theme.Dim
	}
	return "?", m.theme.Dim
}

// unreadText is a number of messages that a node has counted, up to a bound.
func unreadText(n int) string {
	switch {
	case n >= ledger.MaxUnread:
		return fmt.Sprintf("%dk+", ledger.MaxUnread/1000)
	case n > 999:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}
