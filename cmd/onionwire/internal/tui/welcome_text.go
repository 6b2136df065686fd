package tui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/recovery"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

func (w *welcome) title() string {
	switch w.step {
	case stepProfile:
		return "Welcome to Onionwire"
	case stepName:
		if w.profile == nil {
			return "Welcome to Onionwire"
		}
		return "Your name"
	case stepPassphrase, stepAgain, stepNone:
		return "Passphrase"
	case stepWords, stepSkip, stepCheck:
		return "24 words"
	}
	return "A new profile"
}

func (w *welcome) hints() []keys.Action {
	switch {
	case w.step == stepProfile, w.step == stepName && w.profile == nil:
		return []keys.Action{keys.Confirm, keys.Quit}
	case w.step == stepMaking:
		return nil
	}
	return []keys.Action{keys.Confirm, keys.Close, keys.Quit}
}

func (w *welcome) word(a keys.Action) string {
	switch a {
	case keys.Quit:
		return "quit"
	case keys.Confirm:
		switch {
		case w.step == stepFailed:
			return "try again"
		case w.step == stepWords && w.unseen > 0:
			return "more"
		case w.step == stepWords:
			return "I have them"
		}
		return "go on"
	case keys.Close:
		switch w.step {
		case stepFailed:
			return "begin anew"
		case stepWords:
			return "not now"
		case stepSkip, stepCheck:
			return "see them again"
		}
		return "back"
	}
	return ""
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

// steps shows what is asked now. The question is at the top, what there is to know about
// it below: that is where a small screen ends.
func (w *welcome) steps(m *Model, p *page) *position {
	switch w.step {
	case stepProfile:
		w.beginning(m, p)
		cursor := w.profile.show(p, true)
		p.say(m.theme.Dim, "A profile is one identity, with its own address, contacts and messages. This is the name of its folder on this "+
			"computer; contacts do not see it. Keep the name that is there if you want one profile only.")
		return cursor
	case stepName:
		if w.profile == nil {
			w.beginning(m, p)
		}
		cursor := w.name.show(p, true)
		p.say(m.theme.Dim, "Those whom you ask, or accept, are told to call you that. It proves nothing, it need not be your real name, "+
			"you can leave it empty, and change it at any time in the settings.")
		return cursor
	case stepPassphrase:
		cursor := w.first.show(p, true)
		p.blank()
		p.say(m.theme.Text, "Everything that is kept on this computer is sealed under it. Nobody can reset it: choose several words that nobody "+
			"guesses, and that you do not forget.")
		p.say(m.theme.Dim, "Leave it empty to have none.")
		return cursor
	case stepAgain:
		return w.again.show(p, true)
	case stepNone:
		p.say(m.theme.Warning, "Without a passphrase, whoever can read the files of this computer, or its disk, can read all messages, and can be "+
			"you. A lock keeps nobody out.")
		p.blank()
		return w.none.show(p, true)
	case stepMaking:
		p.say(m.theme.Text, "Making keys; that takes some seconds …")
	case stepFailed:
		p.say(m.theme.Text, "The profile could not be made. What you have typed is still here.")
	case stepWords:
		p.say(m.theme.Text, "Write these words on paper, in this order. If this computer is lost, they make your profile again, with its "+
			"identity and without its messages. Whoever has them is you.")
		p.blank()
		for _, line := range recovery.Columns(w.words, p.width) {
			p.raw(m.theme.Strong.Paint(line))
		}
		p.blank()
		p.say(m.theme.Dim, "Three of them are asked for next. "+wordsAgain(len(w.passphrase) > 0))
	case stepSkip:
		p.say(m.theme.Warning, "If this computer is lost or breaks, your identity is lost with it, unless the words are on paper. "+wordsAgain(len(w.passphrase) > 0))
		p.blank()
		return w.skip.show(p, true)
	case stepCheck:
		w.answer.label = fmt.Sprintf("Word %d", w.check.Place())
		p.say(m.theme.Text, "To see whether all is on paper:")
		p.blank()
		return w.answer.show(p, true)
	}
	return nil
}

// beginning is what is said first.
func (w *welcome) beginning(m *Model, p *page) {
	if w.tor != "" {
		p.say(m.theme.Warning, safe.Text(w.tor))
	} else {
		p.say(m.theme.Text, "Messages go through Tor, from you to your contact: no server, no account, no telephone number. A few questions, and you can begin.")
	}
	p.blank()
}

// wordsAgain says how the words are seen once more.
func wordsAgain(protected bool) string {
	if protected {
		return "As long as this computer works, 'onionwire words' shows them again, to who knows the passphrase."
	}
	return "As long as this computer works, 'onionwire words' shows them again."
}

// sentenceOf makes a sentence of an error for people.
func sentenceOf(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(r)) + text[size:]
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}
