package tui

import (
	"slices"
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

const (
	// together is how close two messages of one sender are under one name.
	together = 5 * time.Minute
	// readable is how wide text becomes on a wide screen.
	readable = 110
	// indent is what text is moved in by.
	indent = 2
	// wordsFrom is the width that has room for how far a message has come in words.
	wordsFrom = 60
	// airyFrom is the height that has room for empty rows.
	airyFrom = 20
	// marksWide and marksNarrow are the cells for that.
	marksWide, marksNarrow = 14, 3
)

// wrapKey names a text on a width.
type wrapKey struct {
	number ledger.MessageNumber
	width  int
	method safe.Method
}

type wrapped struct {
	text string
	rows []string
}

// maxWrapped bounds the texts that are kept wrapped: more than all windows have that are on
// one screen after the other.
const maxWrapped = 2000

// wrapCache keeps texts wrapped, the ones that were used lately.
type wrapCache struct{ young, old map[wrapKey]wrapped }

// rows returns the rows of a text.
func (c *wrapCache) rows(k wrapKey, text string) []string {
	w, there := c.young[k]
	if !there {
		w, there = c.old[k]
	}
	if !there || w.text != text {
		w = wrapped{text: text}
		for _, row := range safe.Wrap(k.method, safe.Text(text), k.width, false) {
			w.rows = append(w.rows, row.Text)
		}
		there = false
	}
	if _, young := c.young[k]; !young || !there {
		if c.young == nil || len(c.young) >= maxWrapped/2 {
			c.young, c.old = make(map[wrapKey]wrapped), c.young
		}
		c.young[k] = w
	}
	return w.rows
}

// rows returns an item of a timeline as painted rows: the line of a new day, that above new
// messages, the name of who has written, and what they have.
func (m *Model) rows(r *room, t *model.Timeline, i int) []string {
	items := t.Items()
	item := items[i]
	w := m.screen.timeline.w
	var rows []string
	at := item.Time().In(m.now().Location())
	day := i == 0 && t.Top
	named := true
	if i > 0 {
		before := items[i-1].Time().In(m.now().Location())
		day = at.YearDay() != before.YearDay() || at.Year() != before.Year()
		named = day || item.Sender() != items[i-1].Sender() || at.Sub(before) > together
	}
	if day {
		rows = append(rows, m.rule(at.Format("Monday, 2 January 2006"), w, m.theme.Dim))
	}
	above, below := m.state.NotesAt(r.id, t, i)
	named = named || len(above) > 0
	if isNew(t, items, i) {
		rows = append(rows, m.rule("new messages", w, m.theme.Marker))
		named = true
	}
	if named {
		if airy := m.screen.timeline.h >= airyFrom; airy && i > 0 && len(rows) == 0 {
			rows = append(rows, "")
		}
		rows = append(rows, m.byline(item, at, w))
	}
	body := m.body(item, w)
	switch {
	case r.selecting && item.Key() == r.selected:
		for j := range body {
			body[j] = m.theme.Selected.Paint(safe.Fit(m.method, body[j], w))
		}
	case item.File != nil:
		body = m.paintFile(item.File, body)
	default:
		body = m.paintMessage(*item.Message, body)
	}
	return slices.Concat(m.notes(above, w), rows, body, m.notes(below, w))
}

// notes are rows about what has happened to a conversation.
func (m *Model) notes(all []model.Note, w int) (rows []string) {
	for _, n := range all {
		text := "! " + m.day(n.Time.Time) + ": " + wording.SetBack(m.state.Label(n.Contact))
		for _, row := range safe.Wrap(m.method, text, max(min(w, readable), 1), false) {
			rows = append(rows, m.theme.Warning.Paint(row.Text))
		}
	}
	return rows
}

// isNew reports whether an item is the first new one of others.
func isNew(t *model.Timeline, items []model.Item, i int) bool {
	fresh := func(i int) bool {
		msg := items[i].Message
		return msg != nil && msg.Sender != 0 && msg.Number > t.NewAfter
	}
	if t.NewAfter == 0 || !fresh(i) {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		if msg := items[j].Message; msg != nil {
			if msg.Number <= t.NewAfter {
				return true
			}
			if fresh(j) {
				return false
			}
		}
	}
	return t.NewAfter < 0 && t.Top
}

// rule is a line with words in its middle.
func (m *Model) rule(words string, w int, style theme.Style) string {
	words = safe.Cut(m.method, " "+words+" ", w)
	left := max((w-safe.Width(m.method, words))/2, 0)
	right := max(w-left-safe.Width(m.method, words), 0)
	return style.Paint(strings.Repeat("─", left) + words + strings.Repeat("─", right))
}

// byline is who has written, and when.
func (m *Model) byline(item model.Item, at time.Time, w int) string {
	name, style := "You", m.theme.Me
	if id := item.Sender(); id != 0 {
		name, style = m.state.Label(id), m.theme.Them
	}
	clock := " " + at.Format("15:04")
	return style.Paint(model.Shorten(m.method, name, w-len(clock))) + m.theme.Dim.Paint(clock)
}

// textWidth is how wide text is in a timeline, and how wide what is said about it.
func textWidth(w int) (text, marks int) {
	marks = marksNarrow
	if w >= wordsFrom {
		marks = marksWide
	}
	return max(min(w-indent-1-marks, readable), 1), marks
}

// body is what was written, as rows that are not painted.
func (m *Model) body(item model.Item, w int) []string {
	if item.File != nil {
		return m.fileBody(item.File, w)
	}
	msg := item.Message
	text, marks := textWidth(w)
	cached := m.wrapped.rows(wrapKey{msg.Number, text, m.method}, msg.Text)
	rows := make([]string, 0, len(cached)+1)
	for _, row := range cached {
		rows = append(rows, safe.Spaces(indent)+row)
	}
	if msg.Sender != 0 {
		return rows
	}
	mark := markOf(deliveryOf(*msg), marks == marksWide)
	last := len(rows) - 1
	rows[last] = safe.Fit(m.method, rows[last], indent+text+1) + mark
	if why := m.trouble(*msg); why != "" {
		for _, row := range safe.Wrap(m.method, why, text, false) {
			rows = append(rows, safe.Spaces(indent)+row.Text)
		}
	}
	return rows
}

// markOf says how far a message has come.
func markOf(state rpc.DeliveryState, words bool) string {
	mark := map[rpc.DeliveryState]string{
		queued: "…", sent: "✓", delivered: "✓✓", read: "◉", undone: "✗", expired: "✗", cancelled: "–",
	}[state]
	if !words {
		return mark
	}
	word := map[rpc.DeliveryState]string{undone: "failed"}[state]
	if word == "" {
		word = string(state)
	}
	return mark + " " + word
}

// trouble says why a message of ours has not arrived and will not.
func (m *Model) trouble(msg rpc.Message) string {
	switch deliveryOf(msg) {
	case undone:
		for _, d := range msg.Deliveries {
			if d.State == undone {
				return "not delivered: " + m.whyFailed(d.Contact)
			}
		}
	case expired:
		return "not delivered in the time that it had; select it (" + m.keys.Key(keys.Select) + ") to try again"
	}
	return ""
}

func (m *Model) whyFailed(id ledger.ContactID) string {
	c, there := m.state.Contact(id)
	switch {
	case !there || c.State == rpc.DeletedContact:
		return "the contact was deleted"
	case c.State == rpc.BlockedContact:
		return "the contact is blocked"
	case c.State == rpc.RejectedContact:
		return "you have rejected the contact"
	case c.State == rpc.RequestedContact:
		return "they have not accepted your request"
	case c.Forgotten:
		return "they do not know you any more; ask them again"
	}
	return "it could not be sent; select it (" + m.keys.Key(keys.Select) + ") to try again"
}

// paintMessage paints the rows of a message.
func (m *Model) paintMessage(msg rpc.Message, body []string) []string {
	quote := safe.Spaces(indent) + "> "
	state := deliveryOf(msg)
	style := map[rpc.DeliveryState]theme.Style{
		queued: m.theme.Dim, sent: m.theme.Dim, delivered: m.theme.Dim, read: m.theme.Good,
		undone: m.theme.Bad, expired: m.theme.Bad, cancelled: m.theme.Dim,
	}[state]
	textRows := len(body)
	if msg.Sender == 0 {
		text, _ := textWidth(m.screen.timeline.w)
		textRows = len(m.wrapped.rows(wrapKey{msg.Number, text, m.method}, msg.Text))
	}
	for i, row := range body {
		switch {
		case i >= textRows:
			body[i] = m.theme.Bad.Paint(row)
		case msg.Sender == 0 && i == textRows-1:
			cut := strings.LastIndex(row, markOf(state, m.screen.timeline.w >= wordsFrom))
			body[i] = m.theme.Text.Paint(row[:cut]) + style.Paint(row[cut:])
		case strings.HasPrefix(row, quote):
			body[i] = m.theme.Dim.Paint(row)
		default:
			body[i] = m.theme.Text.Paint(row)
		}
	}
	return body
}
