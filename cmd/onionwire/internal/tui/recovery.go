package tui

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/safe"
)

// asked is how many words somebody has to give back.
const asked = 3

// recovery shows the words from which a profile can be made again, and asks for some of
// them, to see whether they were written down.
type recovery struct {
	words  []string
	wanted []int // the places of those that are still to be asked for
	answer *entry
}

// begin chooses the words to ask for.
func (r *recovery) begin() {
	r.wanted, r.answer = nil, newEntry("", 20)
	for len(r.wanted) < min(asked, len(r.words)) {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(r.words))))
		if err != nil {
			return // it never fails, and then nothing is asked for
		}
		if i := int(n.Int64()); !slices.Contains(r.wanted, i) {
			r.wanted = append(r.wanted, i)
		}
	}
	slices.Sort(r.wanted)
}

// check compares an answer, and returns what is wrong with it, if anything. The first
// four letters of a word are enough: no two words share them.
func (r *recovery) check() string {
	const enough = 4
	if r.done() {
		return ""
	}
	place := r.wanted[0]
	word := r.words[place]
	given := strings.ToLower(strings.TrimSpace(r.answer.Text()))
	if given != word && (len(given) < enough || !strings.HasPrefix(word, given)) {
		return fmt.Sprintf("Word %d is another one. Look at what you have written down.", place+1)
	}
	r.wanted = r.wanted[1:]
	r.answer.Clear()
	return ""
}

func (r *recovery) done() bool { return len(r.wanted) == 0 }

// show has the words in columns, each with its number.
func (r *recovery) show(m *Model, p *page) {
	p.say(m.theme.Text, "Write these words on paper, in this order. The profile can be made again from them; whoever has them is you. They are shown once, here.")
	p.blank()
	const cell = 12 // a number, a space, a word of eight letters, and a space
	columns := max(min((p.width+1)/cell, 4), 1)
	rows := (len(r.words) + columns - 1) / columns
	for row := range rows {
		var line strings.Builder
		for i := row; i < len(r.words); i += rows {
			line.WriteString(safe.Fit(m.method, fmt.Sprintf("%2d %s", i+1, r.words[i]), cell))
		}
		p.raw(m.theme.Strong.Paint(strings.TrimRight(line.String(), " ")))
	}
	p.blank()
	p.say(m.theme.Dim, m.keys.Key(keys.Confirm)+": they are written down; three of them are asked for. "+
		m.keys.Key(keys.Close)+": without that; 'onionwire words' shows them again to who knows the passphrase.")
}

// ask asks for the next word.
func (r *recovery) ask(m *Model, p *page) *position {
	if r.done() {
		return nil
	}
	r.answer.label = fmt.Sprintf("Word %d", r.wanted[0]+1)
	p.say(m.theme.Text, "To see whether all is on paper:")
	p.blank()
	cursor := r.answer.show(p, true)
	p.say(m.theme.Dim, m.keys.Key(keys.Confirm)+" goes on, "+m.keys.Key(keys.Close)+" shows the words once more.")
	return cursor
}
