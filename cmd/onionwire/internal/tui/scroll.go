package tui

import (
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
)

// lastRow is the last row of an item, however many it has.
const lastRow = 1 << 20

// timeline is the timeline of a room, or nil.
func (m *Model) timeline(r *room) *model.Timeline {
	c := m.state.Conversation(r.id)
	if c == nil {
		return nil
	}
	return c.Timeline
}

// scroll moves what is seen by rows, up if there are less than none.
func (m *Model) scroll(r *room, by int) {
	t := m.timeline(r)
	if t == nil || len(t.Items()) == 0 {
		return
	}
	i, row := m.place(r, t)
	rows := func(i int) int { return len(m.rows(r, t, i)) }
	for ; by < 0; by++ {
		if row > 0 {
			row--
		} else if i > 0 {
			i--
			row = rows(i) - 1
		}
	}
	for ; by > 0; by-- {
		if row < rows(i)-1 {
			row++
		} else if i < len(t.Items())-1 {
			i, row = i+1, 0
		}
	}
	last := i == len(t.Items())-1 && row == rows(i)-1
	r.anchor = anchor{key: t.Items()[i].Key(), row: row, follow: last && t.Bottom}
}

// place returns the item and its row that are at the bottom of what is seen.
func (m *Model) place(r *room, t *model.Timeline) (i, row int) {
	items := t.Items()
	i = len(items) - 1
	if !r.anchor.follow {
		if at, there := t.Find(r.anchor.key); there {
			return at, min(r.anchor.row, len(m.rows(r, t, at))-1)
		} else if at < len(items) {
			i = max(at-1, 0)
		}
	}
	return i, len(m.rows(r, t, i)) - 1
}

// oldest goes to the first message. What is between is not loaded.
func (m *Model) oldest(r *room) {
	t := m.timeline(r)
	if t == nil {
		return
	}
	if !t.Top {
		m.ask(m.state.Oldest(r.id)...)
	}
	r.anchor = anchor{key: model.Key{Message: 1}}
}

// selectLast selects the last item that is seen.
func (m *Model) selectLast(r *room) {
	t := m.timeline(r)
	if t == nil || len(t.Items()) == 0 {
		return
	}
	i, _ := m.place(r, t)
	r.selecting, r.selected = true, t.Items()[i].Key()
}

// moveSelection selects another item, and brings it to where it is seen.
func (m *Model) moveSelection(r *room, by int) {
	t := m.timeline(r)
	if t == nil || len(t.Items()) == 0 {
		return
	}
	i, there := t.Find(r.selected)
	if there {
		i += by
	}
	if i >= len(t.Items()) {
		r.selecting = false
		r.anchor = anchor{follow: t.Bottom, key: r.anchor.key, row: r.anchor.row}
		return
	}
	i = max(i, 0)
	r.selected = t.Items()[i].Key()
	m.reveal(r, t, i)
}

// reveal scrolls until an item is seen.
func (m *Model) reveal(r *room, t *model.Timeline, i int) {
	height := m.screen.timeline.h
	bottom, row := m.place(r, t)
	if i >= bottom {
		if i > bottom || row < len(m.rows(r, t, i))-1 {
			r.anchor = anchor{key: t.Items()[i].Key(), row: len(m.rows(r, t, i)) - 1}
		}
		return
	}
	above := row + 1 // rows from the top of item i to the bottom of what is seen
	for j := bottom - 1; j >= i; j-- {
		above += len(m.rows(r, t, j))
	}
	if above > height {
		m.scroll(r, height-above)
	}
}
