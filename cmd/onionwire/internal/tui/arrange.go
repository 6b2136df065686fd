package tui

import (
	"slices"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
)

const (
	// sidebarFrom is the width of a screen that has room for a sidebar.
	sidebarFrom = 60
	// tabsFrom is the height of one that has room for tabs.
	tabsFrom = 10
	// maxComposer is how much of the height the composer may take: one part of it.
	maxComposer = 3
	// smallest is what a screen is taken for that is smaller.
	smallestWidth, smallestHeight = 20, 6
)

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

type rowKey = model.Key

// screen is where everything is, and what is to be seen.
type screen struct {
	w, h     int
	sidebar  rect // without the line beside it
	tabs     rect
	title    rect
	timeline rect
	divider  rect
	composer rect
	status   rect

	lines    []string                // of the timeline
	keys     []rowKey                // the items that they belong to
	last     ledger.MessageNumber    // the last message whose end is seen
	shown    []ledger.ConversationID // those on the screen
	sideRows []sideRow
	sideFree bool // whether the sidebar was scrolled away from the active conversation
	tabEnds  []int
	tabIDs   []ledger.ConversationID
}

// arrange finds out where everything is, and loads what is to be seen.
func (m *Model) arrange() {
	s := &m.screen
	s.w, s.h = max(m.width, smallestWidth), max(m.height, smallestHeight)
	x := 0
	s.sidebar, s.tabs = rect{}, rect{}
	if s.w >= sidebarFrom && !m.sidebarHidden {
		s.sidebar = rect{0, 0, max(min(s.w/4, 36), 20), s.h - 1}
		x = s.sidebar.w + 1
	}
	w, y := s.w-x, 0
	if len(m.tabs) > 1 && s.h >= tabsFrom {
		s.tabs = rect{x, 0, w, 1}
		y = 1
	}
	s.title = rect{x, y, w, 1}
	y++
	r := m.room()
	height := 1
	if r != nil {
		height = max(min(r.editor.Height(m.method, w-2), s.h/maxComposer), 1)
	}
	s.status = rect{0, s.h - 1, s.w, 1}
	s.composer = rect{x + 2, s.h - 1 - height, w - 2, height}
	s.divider = rect{x, s.composer.y - 1, w, 1}
	s.timeline = rect{x, y, w, s.divider.y - y}
	m.arrangeSidebar()
	s.lines, s.keys, s.last = nil, nil, 0
	if r != nil {
		m.arrangeTimeline(r)
		m.markSeen(r)
	}
}

// arrangeSidebar finds out which conversations the sidebar shows.
func (m *Model) arrangeSidebar() {
	s := &m.screen
	all := m.state.Conversations()
	s.sideRows, s.shown = s.sideRows[:0], s.shown[:0]
	if s.sidebar.w > 0 {
		if len(m.state.Asking()) > 0 {
			s.sideRows = append(s.sideRows, sideRow{requests: true})
		}
		room := s.sidebar.h - len(s.sideRows)
		if i := m.state.Index(m.active); i >= 0 && !s.sideFree {
			m.sideTop = max(min(m.sideTop, i), i-room+1)
		}
		m.sideTop = max(min(m.sideTop, len(all)-room), 0)
		for _, c := range all[m.sideTop:min(m.sideTop+room, len(all))] {
			s.sideRows = append(s.sideRows, sideRow{conversation: c.ID})
			s.shown = append(s.shown, c.ID)
		}
	}
	if m.active != 0 && !slices.Contains(s.shown, m.active) {
		s.shown = append(s.shown, m.active)
	}
	now := m.now()
	for _, id := range s.shown {
		c := m.state.Conversation(id)
		if c == nil || c.Contact() == 0 || m.stage != ready {
			continue
		}
		if m.state.Presence(c.Contact(), now).State == model.Unknown && m.state.Connected && !m.wanted[c.Contact()] {
			m.wanted[c.Contact()] = true
			m.ask(m.state.WantPresence(c.Contact(), now)...)
		}
	}
}

// arrangeTimeline lays out the rows of a conversation that are seen, from the bottom up.
func (m *Model) arrangeTimeline(r *room) {
	s := &m.screen
	t := m.timeline(r)
	if t == nil {
		if m.stage == ready {
			m.ask(m.reload(r)...)
		}
		return
	}
	items := t.Items()
	height := s.timeline.h
	if len(items) == 0 || height <= 0 {
		return
	}
	if r.anchor.follow && !t.Bottom && !t.Loading() {
		m.ask(m.state.End(r.id)...)
	}
	if r.anchor.top && !t.Loading() {
		m.startAt(r, t, height)
	}
	bottom, row := m.place(r, t)
	var lines []string // the last one first
	var keys []rowKey
	first := bottom
	for i := bottom; i >= 0 && len(lines) < height; i-- {
		rows := m.rows(r, t, i)
		if i == bottom {
			rows = rows[:row+1]
		}
		first = i
		for j := len(rows) - 1; j >= 0 && len(lines) < height; j-- {
			lines, keys = append(lines, rows[j]), append(keys, items[i].Key())
		}
	}
	slices.Reverse(lines)
	slices.Reverse(keys)
	// Above the first message there is nothing: what is below moves up.
	for len(lines) < height {
		if row++; row >= len(m.rows(r, t, bottom)) {
			if bottom++; bottom >= len(items) {
				bottom, row = len(items)-1, len(m.rows(r, t, len(items)-1))-1
				break
			}
			row = 0
		}
		lines, keys = append(lines, m.rows(r, t, bottom)[row]), append(keys, items[bottom].Key())
	}
	last := bottom == len(items)-1 && row == len(m.rows(r, t, bottom))-1
	if !r.anchor.top {
		r.anchor = anchor{key: items[bottom].Key(), row: row, follow: last && t.Bottom}
	}
	s.lines, s.keys = lines, keys
	if !r.anchor.top {
		m.sawUpTo(t, bottom, row == len(m.rows(r, t, bottom))-1)
	}
	if first < near {
		m.ask(t.More(true)...)
	}
	if bottom >= len(items)-near {
		m.ask(t.More(false)...)
	}
}

// startAt makes the item of the anchor the first one that is seen, if so much is below it.
func (m *Model) startAt(r *room, t *model.Timeline, height int) {
	items := t.Items()
	i, _ := t.Find(r.anchor.key)
	i = min(i, len(items)-1)
	below := len(m.rows(r, t, i))
	for i < len(items)-1 && below < height {
		i++
		below += len(m.rows(r, t, i))
	}
	row := len(m.rows(r, t, i)) - 1 - max(below-height, 0)
	r.anchor = anchor{key: items[i].Key(), row: row}
}

// near is how many items before the end of the window more are loaded.
const near = 30

// sawUpTo finds the last message whose end is seen.
func (m *Model) sawUpTo(t *model.Timeline, bottom int, whole bool) {
	items := t.Items()
	for i := bottom; i >= 0; i-- {
		if msg := items[i].Message; msg != nil && (whole || i < bottom) {
			m.screen.last = msg.Number
			return
		}
	}
}

// reload loads the messages of a conversation again that were dropped, where somebody has
// read.
func (m *Model) reload(r *room) []model.Request {
	if n := r.anchor.key.Message; n != 0 && !r.anchor.follow {
		return m.state.Jump(r.id, n)
	}
	return m.state.Open(r.id)
}
