package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/editor"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
)

// page collects the lines of a dialog from the top to the bottom.
type page struct {
	m     *Model
	width int
	lines []string
}

func (m *Model) page(width int) *page { return &page{m: m, width: max(width, 1)} }

// say adds text in a style, wrapped. The text has to be harmless.
func (p *page) say(style theme.Style, text string) {
	for _, row := range safe.Wrap(p.m.method, text, p.width, false) {
		p.lines = append(p.lines, style.Paint(row.Text))
	}
}

// absent says why a list is not there: it could not be loaded, it is on its way, or there is
// nothing in it. If there is something, it adds nothing.
func (p *page) absent(err error, loaded bool, n int, empty string) {
	switch {
	case err != nil:
		p.say(p.m.theme.Bad, reason(err))
	case !loaded:
		p.say(p.m.theme.Dim, "…")
	case n == 0:
		p.say(p.m.theme.Dim, empty)
	}
}

// row adds a label, and a value beside it that is wrapped.
func (p *page) row(label string, style theme.Style, value string) {
	column := min(labelColumn, max(p.width/3, leastColumn))
	for i, row := range safe.Wrap(p.m.method, value, max(p.width-column, 1), false) {
		left := safe.Spaces(column)
		if i == 0 {
			left = p.m.theme.Dim.Paint(safe.Fit(p.m.method, label, column-1)) + " "
		}
		p.lines = append(p.lines, left+style.Paint(row.Text))
	}
}

// labelColumn is how many columns labels have, if there is room for it.
const labelColumn = 18

// leastColumn is how many they have in any case: the words "calls itself" are not cut.
const leastColumn = 13

// item adds a line of a list, cut to the width; the one that is chosen is painted whole.
func (p *page) item(chosen bool, style theme.Style, text string) {
	if chosen {
		style = p.m.theme.Selected
		text = safe.Fit(p.m.method, text, p.width)
	}
	p.lines = append(p.lines, style.Paint(safe.Cut(p.m.method, text, p.width)))
}

func (p *page) blank() { p.lines = append(p.lines, "") }

// raw adds a line that is painted and fits.
func (p *page) raw(line string) { p.lines = append(p.lines, line) }

// scroll shows a part of the lines that there is no room for.
type scroll struct {
	top, below int // lines that are not seen
}

// hidden reports whether there is more above and below what was seen last.
func (s *scroll) hidden() (above, below bool) { return s.top > 0, s.below > 0 }

// act takes an action of a dialog, and reports whether it was one of scrolling.
func (s *scroll) act(a keys.Action, height int) bool {
	switch a {
	case keys.ItemUp:
		s.top--
	case keys.ItemDown:
		s.top++
	case keys.ItemPageUp:
		s.top -= max(height-1, 1)
	case keys.ItemPageDn:
		s.top += max(height-1, 1)
	default:
		return false
	}
	return true
}

// seen returns the lines that fit, with the line at keep among them unless it is negative.
func (s *scroll) seen(lines []string, height, keep int) []string {
	height = max(height, 1)
	if keep >= 0 {
		s.top = min(max(s.top, keep-height+1), keep)
	}
	s.top = max(min(s.top, len(lines)-height), 0)
	s.below = max(len(lines)-s.top-height, 0)
	return lines[s.top:min(s.top+height, len(lines))]
}

// pick is a list of which one item is chosen.
type pick struct {
	at, height int
	scroll
	// above is how many lines are above the list, each how many an item has, if it is not
	// one.
	above, each int
}

// click chooses what is on a line of the dialog, of n items. It reports whether that was
// chosen before: who clicks twice means it.
func (p *pick) click(line, n int) bool {
	i := (line - p.above + p.top) / max(p.each, 1)
	if line < p.above || i >= n {
		return false
	}
	again := i == p.at
	p.at = i
	return again
}

// act takes an action of a dialog, and reports whether it went to another item of n.
func (p *pick) act(a keys.Action, n int) bool {
	page := max(p.height-1, 1)
	switch a {
	case keys.ItemUp:
		p.at--
	case keys.ItemDown:
		p.at++
	case keys.ItemPageUp:
		p.at -= page
	case keys.ItemPageDn:
		p.at += page
	default:
		return false
	}
	p.clip(n)
	return true
}

func (p *pick) clip(n int) { p.at = max(min(p.at, n-1), 0) }

// entry is a field that is filled in: a line with a label.
type entry struct {
	label string
	editor.Editor
}

func newEntry(label string, limit int) *entry {
	return &entry{label, editor.Editor{OneLine: true, Limit: limit}}
}

// show adds the label and the field, and returns where the cursor is if it has it.
func (e *entry) show(p *page, focused bool) *position {
	style := p.m.theme.Dim
	if focused {
		style = p.m.theme.Accent
	}
	p.say(style, e.label)
	lines, x, y := e.View(p.m.method, p.width-2, 3)
	from := len(p.lines)
	for i, line := range lines {
		mark := "  "
		if i == 0 {
			mark = "> "
		}
		p.raw(style.Paint(mark) + line)
	}
	if !focused {
		return nil
	}
	return &position{x + 2, from + y}
}

// typed lets a key or pasted text do to a field what it does in the composer, and reports
// whether it did.
func (m *Model) typed(e *editor.Editor, msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return m.inserted(e, strings.TrimSpace(msg.Content))
	case tea.KeyPressMsg:
		a, _ := m.keys.Find(keys.Composer, msg.String())
		if does, ok := editing[a]; ok {
			does(e)
			return true
		}
		return msg.Text != "" && m.inserted(e, msg.Text)
	}
	return false
}

// inserted puts text into a field, and reports whether it had room there.
func (m *Model) inserted(e *editor.Editor, text string) bool {
	if !e.Insert(text) {
		m.say(warning, "nothing was added: this field has room for "+wording.Bytes(int64(e.Limit)))
		return false
	}
	return true
}

var editing = map[keys.Action]func(*editor.Editor){
	keys.Left: (*editor.Editor).Left, keys.Right: (*editor.Editor).Right,
	keys.WordLeft: (*editor.Editor).WordLeft, keys.WordRight: (*editor.Editor).WordRight,
	keys.LineStart: (*editor.Editor).LineStart, keys.LineEnd: (*editor.Editor).LineEnd,
	keys.Backspace: (*editor.Editor).Backspace, keys.Delete: (*editor.Editor).Delete,
	keys.DeleteWord: (*editor.Editor).DeleteWord, keys.DeleteToStart: (*editor.Editor).DeleteToStart,
}

// fill shows lines of which one has the cursor, as far as they fit.
func (s *scroll) fill(lines []string, cursor *position, height int) ([]string, *position) {
	keep := -1
	if cursor != nil {
		keep = cursor.y
	}
	seen := s.seen(lines, height, keep)
	if cursor == nil {
		return seen, nil
	}
	return seen, &position{cursor.x, cursor.y - s.top}
}
