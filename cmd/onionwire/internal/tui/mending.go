package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// mending is a value that is typed in a dialog, while it is. One that is refused stays to
// be mended.
type mending struct {
	edit *entry // nil if none is typed
	said string // what was wrong with it
}

// begin asks for a value.
func (e *mending) begin(label, value string) {
	e.edit, e.said = newEntry(label, maxValue), ""
	e.edit.Set(value)
}

// maxValue bounds a value of a setting, in bytes: several bridges fit.
const maxValue = 4096

// typed lets a key or pasted text do to the value what it does in a field.
func (e *mending) typed(m *Model, msg tea.Msg) {
	if m.typed(&e.edit.Editor, msg) {
		e.said = ""
	}
}

// leave changes nothing.
func (e *mending) leave() { e.edit, e.said = nil, "" }

// settled takes what became of a change.
func (e *mending) settled(_ *Model, err error) {
	if err != nil {
		e.said = "Not changed: " + reason(err)
		return
	}
	e.leave()
}

// hints are those of the value while it is typed, or else others.
func (e *mending) hints(otherwise ...keys.Action) []keys.Action {
	if e.edit != nil {
		return []keys.Action{keys.Confirm, keys.Close}
	}
	return otherwise
}

// show adds what was wrong, and the value, and returns where the cursor is.
func (e *mending) show(m *Model, p *page) *position {
	if e.said != "" {
		p.say(m.theme.Bad, safe.Line(e.said))
	}
	if e.edit == nil {
		return nil
	}
	return e.edit.show(p, true)
}

// between shows a list with something above and something below it, which stay when it
// scrolls. The cursor is in what is below, or nil.
func (p *pick) between(head, list, foot *page, height int, cursor *position) ([]string, *position) {
	p.height, p.above = max(height-len(head.lines)-len(foot.lines), 2), len(head.lines)
	lines := append(head.lines, p.seen(list.lines, p.height, p.at)...)
	if cursor != nil {
		cursor.y += len(lines)
	}
	lines = append(lines, foot.lines...)
	return lines[:min(len(lines), height)], cursor
}
