package tui

import (
	"bytes"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/recovery"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/contactlink"
)

// welcome makes a profile with whoever starts the program for the first time. What it
// says is in welcome_text.go.
type welcome struct {
	step    step
	tor     string // what is wrong with tor, or nothing
	said    string // what was wrong with the last answer
	profile *entry // nil if it is named already
	name    *entry
	none    *entry // where "none" is typed
	skip    *entry // where "skip" is typed
	first   *secret
	again   *secret

	passphrase []byte // until the profile is opened
	words      []string
	check      *recovery.Check
	answer     *entry // where one of the words is typed
	scroll     scroll
	height     int
	unseen     int // lines below those that are seen
}

// step is a question, or something to read.
type step int

const (
	stepProfile step = iota
	stepName
	stepPassphrase
	stepAgain
	stepNone
	stepMaking
	stepFailed
	stepWords
	stepSkip
	stepCheck
)

// madeMsg says what became of making the profile.
type madeMsg struct {
	made Made
	err  error
}

// newWelcome asks for the name of the profile, unless it is empty, which is named already.
func newWelcome(profile, tor string) *welcome {
	w := &welcome{
		step:  stepName,
		tor:   tor,
		name:  newEntry("Your name, as contacts see it", contactlink.MaxName),
		none:  newEntry("Type none", 10),
		skip:  newEntry("Type skip", 10),
		first: newSecret("Passphrase"),
		again: newSecret("The same passphrase once more"),

		answer: newEntry("", 20),
	}
	if profile != "" {
		w.step, w.profile = stepProfile, newEntry("Name of the profile", 64)
		w.profile.Set(profile)
	}
	return w
}

func (w *welcome) size(width, _ int) (int, int) { return min(width, 68), 18 }

func (w *welcome) hidden() (above, below bool) { return w.scroll.hidden() }

func (w *welcome) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case madeMsg:
		w.made(m, msg)
	case tea.PasteMsg:
		w.typed(m, msg)
	case tea.KeyPressMsg:
		switch a := m.dialogAction(msg); a {
		case keys.Confirm:
			return w.next(m)
		case keys.Close:
			w.back()
		default:
			if w.step == stepWords || !w.typed(m, msg) {
				w.scroll.act(a, 1)
			}
		}
	}
	return nil
}

func (w *welcome) typed(m *Model, msg tea.Msg) bool {
	if w.step != stepFailed {
		w.said = ""
	}
	switch w.step {
	case stepProfile:
		return m.typed(&w.profile.Editor, msg)
	case stepName:
		return m.typed(&w.name.Editor, msg)
	case stepNone:
		return m.typed(&w.none.Editor, msg)
	case stepSkip:
		return m.typed(&w.skip.Editor, msg)
	case stepCheck:
		return m.typed(&w.answer.Editor, msg)
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
	failure := w.said
	w.said = ""
	if w.step != stepWords {
		w.scroll.top = 0
	}
	switch w.step {
	case stepProfile, stepName:
		w.named(m)
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
		w.passphrase = w.first.take()
		return w.make(m)
	case stepNone:
		if !said(w.none, "none") {
			w.said = "Type the word none, or go back and choose a passphrase."
			return nil
		}
		w.passphrase = nil
		return w.make(m)
	case stepMaking:
		w.said = failure
	case stepFailed:
		return w.make(m)
	case stepWords:
		if w.unseen > 0 { // nobody writes down what is not seen
			w.scroll.top += max(w.height-1, 1)
			return nil
		}
		w.step, w.check = stepCheck, recovery.New(w.words)
	case stepSkip:
		if said(w.skip, "skip") {
			return w.finish(m)
		}
		w.said = "Type the word skip, or go back to the words."
	case stepCheck:
		if w.said = w.check.Answer(w.answer.Text()); w.said != "" {
			return nil
		}
		if w.answer.Clear(); w.check.Done() {
			return w.finish(m)
		}
	}
	return nil
}

// said reports whether a word was typed.
func said(e *entry, word string) bool { return strings.EqualFold(strings.TrimSpace(e.Text()), word) }

// named takes one of the names.
func (w *welcome) named(m *Model) {
	if w.step == stepProfile {
		if err := m.o.Setup.Check(strings.TrimSpace(w.profile.Text())); err != nil {
			w.said = sentenceOf(reason(err))
			return
		}
		w.step = stepName
		return
	}
	if err := contactlink.CheckName(strings.TrimSpace(w.name.Text())); err != nil {
		w.said = "This name cannot be used: up to 64 bytes of text that can be seen."
		return
	}
	w.step = stepPassphrase
}

// back goes to the step before. The words are skipped by a word only.
func (w *welcome) back() {
	w.said, w.scroll.top = "", 0
	switch w.step {
	case stepName:
		if w.profile != nil {
			w.step = stepProfile
		}
	case stepPassphrase:
		w.first.wipe()
		w.step = stepName
	case stepAgain, stepNone:
		w.first.wipe()
		w.again.wipe()
		w.none.Clear()
		w.step = stepPassphrase
	case stepFailed:
		clear(w.passphrase)
		w.passphrase = nil
		w.none.Clear()
		w.step = stepName
		if w.profile != nil {
			w.step = stepProfile
		}
	case stepWords:
		w.skip.Clear()
		w.step = stepSkip
	case stepSkip, stepCheck:
		w.answer.Clear()
		w.step = stepWords
	}
}

// make makes the profile. It keeps the passphrase: the profile is opened with it, and after
// a failure nobody types it again.
func (w *welcome) make(m *Model) tea.Cmd {
	w.step = stepMaking
	p := NewProfile{
		Profile: m.o.Profile, Name: strings.TrimSpace(w.name.Text()), Passphrase: bytes.Clone(w.passphrase),
	}
	if w.profile != nil {
		p.Profile = strings.TrimSpace(w.profile.Text())
	}
	return m.run(func(ctx context.Context) tea.Msg {
		defer clear(p.Passphrase)
		made, err := m.o.Setup.Make(ctx, p)
		return madeMsg{made, err}
	})
}

func (w *welcome) made(m *Model, msg madeMsg) {
	if msg.err != nil {
		w.step, w.said = stepFailed, sentenceOf(reason(msg.err))
		return
	}
	if w.profile != nil {
		m.o.Profile = strings.TrimSpace(w.profile.Text())
	}
	w.step, w.words = stepWords, msg.made.Words
	if msg.made.Trouble != "" {
		w.said = sentenceOf(msg.made.Trouble)
	}
}

// finish opens the profile that was made.
func (w *welcome) finish(m *Model) tea.Cmd {
	passphrase := w.passphrase
	w.passphrase = nil
	clear(w.words)
	m.closeOverlay(w)
	return m.unlock(passphrase)
}
