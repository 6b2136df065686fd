package tui

import (
	"cmp"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/editor"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// manuscript is a text that is written in an editor of the user's.
type manuscript struct {
	id     ledger.ConversationID
	before string // what it was
	sheet  *sheet
}

// writtenMsg says that the editor has ended.
type writtenMsg struct{ err error }

// external opens what was written in the user's editor.
func (m *Model) external(r *room) tea.Cmd {
	command := strings.Fields(cmp.Or(m.o.Editor, m.o.Getenv("VISUAL"), m.o.Getenv("EDITOR")))
	switch {
	case len(command) == 0:
		m.say(warning, "set $EDITOR, or editor in the settings, to the program that you write with")
		return nil
	case r.leaves:
		m.tooLong(r, "")
		return nil
	}
	m.saveDraft(r)
	text := r.text()
	s, err := m.newSheet(r.id, text)
	if err != nil {
		m.say(failed, "the editor was not opened: "+err.Error())
		return nil
	}
	m.manuscript = &manuscript{id: r.id, before: text, sheet: s}
	c := exec.Command(command[0], append(command[1:], s.path())...)
	c.Stdin = os.Stdin // the terminal itself: see Input
	return tea.Exec(guest{c}, func(err error) tea.Msg { return writtenMsg{err} })
}

// guest is a program that has the terminal for a while. It keeps what it was given to read
// from and to write to.
type guest struct{ *exec.Cmd }

// takesLeave is how long a guest has the terminal at least. What bubbletea (v2.0.9) paints
// with stops its clock some time after it was told to; if it was started again by then it
// would stop that one, and nothing would be shown any more.
const takesLeave = 100 * time.Millisecond

// Run implements tea.ExecCommand.
func (g guest) Run() error {
	enough := time.After(takesLeave)
	err := g.Cmd.Run()
	<-enough
	return err
}

// SetStdin implements tea.ExecCommand.
func (g guest) SetStdin(r io.Reader) { g.Stdin = cmp.Or(g.Stdin, r) }

// SetStdout implements tea.ExecCommand.
func (g guest) SetStdout(w io.Writer) { g.Stdout = cmp.Or(g.Stdout, w) }

// SetStderr implements tea.ExecCommand.
func (g guest) SetStderr(w io.Writer) { g.Stderr = cmp.Or(g.Stderr, w) }

// written takes the text from the editor, even from one that has failed: it may have written
// it before.
func (m *Model) written(msg writtenMsg) {
	w := m.manuscript
	if w == nil {
		return
	}
	m.manuscript = nil
	m.desk.touched = m.now() // somebody was there all the time
	text, err := w.text()
	switch {
	case errors.Is(err, errLong):
		path := w.sheet.stay()
		m.say(warning, "the text is too long to be kept in the composer; it is in "+path+": /file sends it")
		return
	case err != nil:
		w.sheet.leave()
		m.say(failed, "the text was not taken from the editor: "+err.Error())
		return
	case msg.err != nil && text == w.before:
		m.say(failed, "the editor has failed, and nothing was changed: "+msg.err.Error())
	case msg.err != nil:
		m.say(warning, "the editor says that it has failed; what it has written was taken: "+msg.err.Error())
	}
	if text != w.before {
		m.rewrite(m.furnish(w.id), text)
	}
	w.sheet.remove()
}

// rewrite puts a text in the place of what was written. One that is too long to be that of
// a message that is edited is a new one.
func (m *Model) rewrite(r *room, text string) {
	switch {
	case r.editing == 0:
		r.set(text)
	case len(text) <= wire.MaxText:
		r.editor.Set(text)
	default:
		r.leave()
		r.giveBack(text)
		m.say(warning, "this is too long for a message, which was not changed; the text is not sent yet")
	}
	m.saveDraft(r)
}

// text is what the editor has written, as it can be sent.
func (w *manuscript) text() (string, error) {
	text, err := readText(w.sheet.path())
	var clean editor.Editor
	clean.Set(strings.TrimRight(text, "\n"))
	if text = clean.Text(); text == strings.TrimRight(w.before, "\n") {
		text = w.before
	}
	return text, err
}

// rescue takes the text of an editor with which nobody goes on, and returns the sheet that
// it is on, or nil.
func (m *Model) rescue() *sheet {
	w := m.manuscript
	m.manuscript = nil
	if w == nil {
		return nil
	}
	text, err := w.text()
	if err != nil {
		w.sheet.leave()
		return nil
	}
	if text != w.before {
		m.rewrite(m.furnish(w.id), text)
	}
	return w.sheet
}
