package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// question asks before something that cannot be undone. The answer that does nothing is
// chosen until somebody says otherwise.
type question struct {
	text string // harmless
	do   func()

	chosen bool // whether it is yes
	scroll scroll
	height int
}

// confirm asks before something that cannot be undone.
func (m *Model) confirm(text string, do func()) { m.open(&question{text: text, do: do}) }

func (q *question) title() string { return "Are you sure?" }

func (q *question) size(width, _ int) (int, int) { return min(width, 60), 6 }

func (q *question) hidden() (above, below bool) { return q.scroll.hidden() }

func (q *question) hints() []keys.Action { return []keys.Action{keys.Yes, keys.No, keys.Confirm} }

func (q *question) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	a := m.actionIn(keys.Question, k)
	switch a {
	case keys.Yes:
		q.answer(m, true)
	case keys.No, keys.Close:
		q.answer(m, false)
	case keys.Confirm:
		q.answer(m, q.chosen)
	case keys.OtherAnswer, keys.NextField, keys.BeforeField:
		q.chosen = !q.chosen
	default:
		q.scroll.act(a, q.height)
	}
	return nil
}

func (q *question) answer(m *Model, yes bool) {
	m.closeOverlay(q)
	if yes {
		q.do()
	}
}

func (q *question) view(m *Model, width, height int) ([]string, *position) {
	q.height = max(height-2, 1)
	p := m.page(width)
	p.say(m.theme.Text, q.text)
	lines := q.scroll.seen(p.lines, q.height, -1)
	no, yes := m.theme.Selected, m.theme.Dim
	if q.chosen {
		no, yes = yes, no
	}
	end := m.page(width)
	end.blank()
	end.raw(no.Paint(" No ") + "  " + yes.Paint(" Yes "))
	if height < 3 {
		return end.lines[1:], nil
	}
	return append(lines[:len(lines):len(lines)], end.lines...), nil
}
