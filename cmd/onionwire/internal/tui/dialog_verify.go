package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxNumber is longer than a safety number in any form, with as much space between its
// parts as one likes.
const maxNumber = 1024

// verification compares the safety number with a contact.
type verification struct {
	contact ledger.ContactID
	number  rpc.SafetyNumber
	theirs  *entry
	err     error
	busy    bool
	result  string // what the comparison has said, for people
	good    bool
	scroll  scroll
	height  int
}

// numberMsg is the safety number, codeMsg what was found in an image, and verifiedMsg what
// a comparison has said.
type (
	numberMsg struct {
		to     *verification
		number rpc.SafetyNumber
		err    error
	}
	codeMsg struct {
		to   *verification
		code string
		err  error
	}
	verifiedMsg struct {
		to      *verification
		matches bool
		err     error
	}
)

// openVerify shows the safety number with a contact, and compares it at once if theirs is
// given.
func (m *Model) openVerify(id ledger.ContactID, theirs string) tea.Cmd {
	v := &verification{contact: id, theirs: newEntry("What they read out, or an image file with the QR code that they show", maxNumber)}
	v.theirs.Set(theirs)
	m.open(v)
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		n, err := api.SafetyNumber(ctx, id)
		return numberMsg{v, n, err}
	})
	if theirs == "" {
		return nil
	}
	return v.read(m, theirs)
}

func (v *verification) title() string { return "Verify a contact" }

func (v *verification) size(width, _ int) (int, int) { return min(width, 84), 22 }

func (v *verification) hidden() (above, below bool) { return v.scroll.hidden() }

func (v *verification) hints() []keys.Action {
	return []keys.Action{keys.Confirm, keys.SameNumber, keys.DifferentNumber, keys.Close}
}

func (v *verification) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case numberMsg:
		if msg.to == v {
			v.number, v.err = msg.number, msg.err
		}
	case codeMsg:
		switch {
		case msg.to != v:
		case msg.err != nil:
			v.busy = false
			v.compared(m, verifiedMsg{err: msg.err})
		default:
			v.busy = false
			v.compare(m, msg.code)
		}
	case verifiedMsg:
		if msg.to == v {
			v.compared(m, msg)
		}
	case tea.PasteMsg:
		m.typed(&v.theirs.Editor, msg)
	case tea.KeyPressMsg:
		return v.key(m, msg)
	}
	return nil
}

func (v *verification) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	a := m.actionIn(keys.Verification, k)
	switch a {
	case keys.Close:
		m.closeOverlay(v)
	case keys.Confirm:
		if !v.theirs.Empty() {
			return v.read(m, v.theirs.Text())
		}
	case keys.SameNumber: // somebody has compared both
		if v.number.Digits != "" {
			v.compare(m, v.number.Digits)
		}
	case keys.DifferentNumber:
		if v.number.Digits != "" {
			v.compare(m, otherNumber(v.number.Digits))
		}
	default:
		if !v.scroll.act(a, v.height) {
			m.typed(&v.theirs.Editor, k)
		}
	}
	return nil
}

// read compares what was typed: a number, or an image of a code of one. No number in any
// form has a character of those by which a path is known.
func (v *verification) read(m *Model, typed string) tea.Cmd {
	if !strings.ContainsAny(typed, `./\~`) {
		v.compare(m, typed)
		return nil
	}
	if v.busy {
		return nil
	}
	v.busy = true
	return m.run(func(context.Context) tea.Msg {
		code, err := codeInImage(typed)
		return codeMsg{v, code, err}
	})
}

// otherNumber is a number that is not this one: what a person says who has seen another.
func otherNumber(digits string) string {
	other := []byte(digits)
	last := len(other) - 1
	other[last] = '0' + (other[last]-'0'+1)%10
	return string(other)
}

func (v *verification) compare(m *Model, theirs string) {
	if v.busy {
		return
	}
	v.busy = true
	api, id := m.api, v.contact
	m.act(func(ctx context.Context) tea.Msg {
		matches, err := api.VerifyContact(ctx, id, theirs)
		return verifiedMsg{v, matches, err}
	})
}

func (v *verification) compared(m *Model, msg verifiedMsg) {
	v.busy, v.good = false, msg.err == nil && msg.matches
	who := m.state.Label(v.contact)
	switch {
	case errors.Is(msg.err, rpc.ErrInvalid):
		v.result = "Nothing was changed: a safety number has 60 digits or 16 words, or is the QR code on their screen, and this is not all of theirs."
	case msg.err != nil:
		v.result = "Nothing was changed: " + reason(msg.err)
	case msg.matches:
		v.result = "The numbers are the same. " + who + " is verified: nobody is between you."
		v.theirs.Clear()
	default:
		v.result = "The numbers are different. " + who + " is not verified. Either something was misread, or somebody is between you: " +
			"write nothing that matters until you have compared once more, over another way."
	}
}

func (v *verification) view(m *Model, width, height int) ([]string, *position) {
	v.height = height
	p := m.page(width)
	state := "not verified"
	if c, ok := m.state.Contact(v.contact); ok && c.Verified {
		state = "verified"
	}
	p.say(m.theme.Strong, m.state.Label(v.contact)+": "+state)
	if v.result != "" {
		style := m.theme.Bad
		if v.good {
			style = m.theme.Good
		}
		p.say(style, v.result)
	}
	p.blank()
	if v.err != nil {
		p.say(m.theme.Bad, reason(v.err))
		return v.scroll.seen(p.lines, height, -1), nil
	}
	p.say(m.theme.Dim, "Both of you see the same, as digits and as words; either will do. Compare face to face, or on the telephone if you know the voice.")
	p.blank()
	v.numbers(m, p)
	p.blank()
	cursor := v.theirs.show(p, true)
	return v.scroll.fill(p.lines, cursor, height)
}

// numbers has digits and words side by side, if there is room, or below each other.
func (v *verification) numbers(m *Model, p *page) {
	digits := inLines(strings.Fields(v.number.Digits), 3)
	words := inLines(strings.Fields(v.number.Words), 4)
	left, right := widest(m.method, digits), widest(m.method, words)
	const gap = 4
	if left+gap+right > p.width {
		for _, line := range slices.Concat(digits, []string{""}, words) {
			p.say(m.theme.Accent, line)
		}
		return
	}
	for i := range max(len(digits), len(words)) {
		line := ""
		if i < len(digits) {
			line = digits[i]
		}
		if i < len(words) {
			line = safe.Fit(m.method, line, left+gap) + words[i]
		}
		p.raw(m.theme.Accent.Paint(line))
	}
}

// inLines has so many words in each line.
func inLines(words []string, each int) (lines []string) {
	for line := range slices.Chunk(words, each) {
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

func widest(method safe.Method, lines []string) (width int) {
	for _, line := range lines {
		width = max(width, safe.Width(method, line))
	}
	return width
}
