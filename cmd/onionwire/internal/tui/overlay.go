package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// overlay is a dialog above the conversation. It is a pointer to a type of its own, which
// keeps what was typed and chosen; all else it takes from the Model. Dialogs are opened by
// Model.open and closed by Model.closeOverlay.
type overlay interface {
	// title is a few words for the frame.
	title() string
	// size is how large the inside of the frame may become, given the largest that there is
	// room for; on a small screen a dialog gets less than it asks for. Zero is all there is.
	size(width, height int) (int, int)
	// update takes a message. Keys and pasted text come to the topmost dialog only,
	// everything else (results of act, events, answers) to all of them. The mouse comes as
	// keys; a list that can be clicked on is a picker as well.
	update(m *Model, msg tea.Msg) tea.Cmd
	// view returns what is shown, painted, of width columns and height lines at most, and
	// where the cursor is, or nil. It changes nothing but what it scrolls.
	view(m *Model, width, height int) (lines []string, cursor *position)
	// hints are the actions that the last line of the frame names, the most important first.
	hints() []keys.Action
}

// scrolled is a dialog that may have more than is seen, which its frame says.
type scrolled interface {
	hidden() (above, below bool)
}

// worded is a dialog in which actions mean something of their own, which its frame says.
type worded interface {
	// word is what an action does, in a few words, or nothing if it is what it always does.
	word(a keys.Action) string
}

// capturing is a dialog that may want a key itself, whatever it is for otherwise.
type capturing interface{ captures() bool }

// position is a place in the inside of a dialog, or on the screen.
type position struct{ x, y int }

// open shows a dialog above all others.
func (m *Model) open(o overlay) { m.overlays = append(m.overlays, o) }

// closeOverlay closes a dialog, and those above it.
func (m *Model) closeOverlay(o overlay) {
	if i := slices.Index(m.overlays, o); i >= 0 {
		m.closeFrom(i)
	}
}

// closeFrom closes the dialogs from one on.
func (m *Model) closeFrom(i int) {
	unentered(m.overlays[i:])
	clear(m.overlays[i:])
	m.overlays = m.overlays[:i]
}

// shows reports whether a dialog is open.
func (m *Model) shows(o overlay) bool { return slices.Contains(m.overlays, o) }

// tell gives a message to all dialogs that are open.
func (m *Model) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, o := range slices.Clone(m.overlays) { // one may close others
		if m.shows(o) {
			cmds = append(cmds, o.update(m, msg))
		}
	}
	return tea.Batch(cmds...)
}

// top is the dialog that has the keys, or nil.
func (m *Model) top() overlay {
	if len(m.overlays) == 0 {
		return nil
	}
	return m.overlays[len(m.overlays)-1]
}

// writes reports whether text is being written in a dialog.
func (m *Model) writes(o overlay) bool {
	area := m.overlayArea(o)
	_, cursor := o.view(m, area.w, area.h)
	return cursor != nil
}

// actionIn returns what a key does in a dialog that has bindings of its own, or nothing.
func (m *Model) actionIn(where keys.Where, k tea.KeyPressMsg) keys.Action {
	if a, _ := m.keys.Find(where, k.String()); a != "" {
		return a
	}
	return m.dialogAction(k)
}

// dialogAction returns what a key does in a dialog, or nothing.
func (m *Model) dialogAction(k tea.KeyPressMsg) keys.Action {
	a, _ := m.keys.Find(keys.Dialog, k.String())
	return a
}
