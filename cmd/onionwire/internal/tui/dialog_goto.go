package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/fuzzy"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
)

// maxGoTo is how many conversations are listed at most.
const maxGoTo = 50

// goTo lists conversations by how well they fit what is typed of their names.
type goTo struct {
	name  *entry
	all   []*model.Conversation
	names []string
	found []fuzzy.Match
	pick  pick
}

func (m *Model) openGoTo() {
	g := &goTo{name: newEntry("Name of the conversation", 200)}
	// As they are now: a list that moves while somebody chooses leads elsewhere.
	g.all = append(g.all, m.state.Conversations()...)
	g.names = make([]string, len(g.all))
	for i, c := range g.all {
		g.names[i] = m.state.Name(c)
	}
	g.rank()
	m.open(g)
}

func (g *goTo) rank() {
	g.found = fuzzy.Rank(g.name.Text(), g.names, maxGoTo)
	g.pick = pick{height: g.pick.height}
}

func (g *goTo) title() string { return "Go to" }

func (g *goTo) size(width, _ int) (int, int) { return min(width, 60), 16 }

func (g *goTo) hidden() (above, below bool) { return g.pick.hidden() }

func (g *goTo) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Close} }

func (g *goTo) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		m.typed(&g.name.Editor, msg)
		g.rank()
	case tea.KeyPressMsg:
		switch a := m.dialogAction(msg); {
		case a == keys.Close:
			m.closeOverlay(g)
		case a == keys.Confirm && len(g.found) > 0:
			m.closeOverlay(g)
			m.enter(g.all[g.found[g.pick.at].Index].ID)
		case g.pick.act(a, len(g.found)):
		case m.typed(&g.name.Editor, msg):
			g.rank()
		}
	}
	return nil
}

func (g *goTo) picked(*Model) (*pick, int) { return &g.pick, len(g.found) }

func (g *goTo) view(m *Model, width, height int) ([]string, *position) {
	head := m.page(width)
	cursor := g.name.show(head, true)
	p := m.page(width)
	for i, f := range g.found {
		name := g.names[f.Index]
		unread := ""
		if n := g.all[f.Index].Unread; n > 0 {
			unread = "  " + plural(n, "new message")
		}
		fits := safe.Width(m.method, name+unread) <= width
		if i == g.pick.at || !fits {
			p.item(i == g.pick.at, m.theme.Text, name+unread)
			continue
		}
		p.raw(fuzzy.Highlight(name, f.Positions, m.theme.Accent.Paint) + m.theme.Unread.Paint(unread))
	}
	if len(g.found) == 0 {
		p.say(m.theme.Dim, "No conversation is called like that.")
	}
	rest := max(height-len(head.lines), 1)
	g.pick.height, g.pick.above = rest, len(head.lines)
	lines := append(head.lines, g.pick.seen(p.lines, rest, g.pick.at)...)
	return lines[:min(len(lines), height)], cursor
}
