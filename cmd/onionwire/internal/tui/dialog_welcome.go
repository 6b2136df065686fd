package tui

import (
	"bytes"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
	"github.com/onionwire/onionwire/node/contactlink"
)

// welcome makes a profile with whoever starts the program for the first time.
type welcome struct {
	step  step
	tor   string // what is wrong with tor, or nothing
	said  string // what was wrong with the last answer
	name  *entry
	none  *entry // where "none" is typed
	first *secret
	again *secret

	passphrase []byte
	recovery   recovery
	scroll     scroll
	height     int
	unseen     int // lines below those that are seen
}

// step is a question, or something to read.
type step int

const (
	stepName step = iota
	stepPassphrase
	stepAgain
	stepNone
	stepMaking
	stepWords
	stepCheck
)

// madeMsg says what became of making the profile.
type madeMsg struct {
	words []string
	err   error
}

func newWelcome(tor string) *welcome {
	return &welcome{
		tor:   tor,
		name:  newEntry("What contacts are told to call you", contactlink.MaxName),
		none:  newEntry("Type none", 10),
		first: newSecret("Passphrase"),
		again: newSecret("The same passphrase once more"),
	}
}

func (w *welcome) title() string {
	if w.step == stepName {
		return "Welcome to Onionwire"
	}
	return "A new profile"
}

func (w *welcome) size(width, _ int) (int, int) { return min(width, 68), 18 }

func (w *welcome) hidden() (above, below bool) { return w.scroll.hidden() }

func (w *welcome) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Close, keys.Quit} }

func (w *welcome) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case madeMsg:
		w.made(msg)
	case tea.PasteMsg:
		w.typed(m, msg)
	case tea.KeyPressMsg:
		switch a := m.dialogAction(msg); a {
		case keys.Confirm:
			return w.next(m)
		case keys.Close:
			return w.back(m)
		default:
			if w.step == stepWords || !w.typed(m, msg) {
				w.scroll.act(a, 1)
			}
		}
	}
	return nil
}

func (w *welcome) typed(m *Model, msg tea.Msg) bool {
	w.said = ""
	switch w.step {
	case stepName:
		return m.typed(&w.name.Editor, msg)
	case stepNone:
		return m.typed(&w.none.Editor, msg)
	case stepCheck:
		return m.typed(&w.recovery.answer.Editor, msg)
	case stepPassphrase, stepAgain:
		s := w.first
		if w.step == stepAgain {
			s = w.again
		}
		if !s.typed(m, msg) {
			w.said = "That is no passphrase: it is too long, or has several lines."
		}
	}
	return true
}

// next takes the answer to a step.
func (w *welcome) next(m *Model) tea.Cmd {
	w.said = ""
	if w.step != stepWords {
		w.scroll.top = 0
	}
	switch w.step {
	case stepName:
		if err := contactlink.CheckName(strings.TrimSpace(w.name.Text())); err != nil {
			w.said = "This name cannot be used: up to 64 bytes of text that can be seen."
			return nil
		}
		w.step = stepPassphrase
	case stepPassphrase:
		w.step = stepAgain
		if len(w.first.text) == 0 {
			w.step = stepNone
		}
	case stepAgain:
		if !bytes.Equal(w.first.text, w.again.text) {
			w.first.wipe()
			w.again.wipe()
			w.step, w.said = stepPassphrase, "These were two different passphrases. Begin with the first one again."
			return nil
		}
		w.again.wipe()
		return w.make(m, w.first.take())
	case stepNone:
		if strings.TrimSpace(strings.ToLower(w.none.Text())) != "none" {
			w.said = "Type the word none, or go back and choose a passphrase."
			return nil
		}
		return w.make(m, nil)
	case stepWords:
		if w.unseen > 0 { // nobody writes down what is not seen
			w.scroll.top += max(w.height-1, 1)
			return nil
		}
		w.step = stepCheck
		w.recovery.begin()
	case stepCheck:
		if w.said = w.recovery.check(); w.said == "" && w.recovery.done() {
			return w.finish(m)
		}
	}
	return nil
}

// back goes to the step before, or skips what can be skipped.
func (w *welcome) back(m *Model) tea.Cmd {
	w.said, w.scroll.top = "", 0
	switch w.step {
	case stepPassphrase:
		w.step = stepName
	case stepAgain, stepNone:
		w.first.wipe()
		w.again.wipe()
		w.none.Clear()
		w.step = stepPassphrase
	case stepWords:
		return w.finish(m)
	case stepCheck:
		w.step = stepWords
	}
	return nil
}

func (w *welcome) make(m *Model, passphrase []byte) tea.Cmd {
	w.step, w.passphrase = stepMaking, passphrase
	name := strings.TrimSpace(w.name.Text())
	return m.run(func(ctx context.Context) tea.Msg {
		words, err := m.o.Setup.Make(ctx, name, passphrase)
		return madeMsg{words, err}
	})
}

func (w *welcome) made(msg madeMsg) {
	if msg.err != nil {
		clear(w.passphrase)
		w.passphrase, w.step = nil, stepName
		w.said = "The profile could not be made: " + reason(msg.err)
		return
	}
	w.step, w.recovery.words = stepWords, msg.words
}

// finish opens the profile that was made.
func (w *welcome) finish(m *Model) tea.Cmd {
	passphrase := w.passphrase
	w.passphrase = nil
	clear(w.recovery.words)
	m.closeOverlay(w)
	return m.unlock(passphrase)
}

func (w *welcome) view(m *Model, width, height int) ([]string, *position) {
	p := m.page(width)
	if w.said != "" {
		p.say(m.theme.Bad, safe.Line(w.said))
		p.blank()
	}
	cursor := w.steps(m, p)
	seen, at := w.scroll.fill(p.lines, cursor, height)
	w.height, w.unseen = height, len(p.lines)-w.scroll.top-len(seen)
	return seen, at
}

// steps shows what is asked now.
func (w *welcome) steps(m *Model, p *page) *position {
	enter, esc := m.keys.Key(keys.Confirm), m.keys.Key(keys.Close)
	switch w.step {
	case stepName:
		p.say(m.theme.Text, "Messages go through Tor, from you to your contact: no server, no account, no telephone number. This takes a minute.")
		if w.tor != "" {
			p.blank()
			p.say(m.theme.Warning, safe.Text(w.tor))
		}
		p.blank()
		cursor := w.name.show(p, true)
		p.say(m.theme.Dim, "Any name, or none. "+enter+" goes on.")
		return cursor
	case stepPassphrase:
		p.say(m.theme.Text, "Everything on this disk is sealed under a passphrase. Nobody can reset it: choose several words that nobody guesses, and that you do not forget.")
		p.blank()
		cursor := w.first.show(p, true)
		p.say(m.theme.Dim, enter+" goes on, "+esc+" goes back. Leave it empty to have none.")
		return cursor
	case stepAgain:
		return w.again.show(p, true)
	case stepNone:
		p.say(m.theme.Warning, "Without a passphrase, whoever can read the files of this computer, or its disk, can read all messages, and can be you. A lock keeps nobody out.")
		p.blank()
		cursor := w.none.show(p, true)
		p.say(m.theme.Dim, enter+" goes on without one, "+esc+" goes back.")
		return cursor
	case stepMaking:
		p.say(m.theme.Text, "Making keys …")
	case stepWords:
		w.recovery.show(m, p)
	case stepCheck:
		return w.recovery.ask(m, p)
	}
	return nil
}
