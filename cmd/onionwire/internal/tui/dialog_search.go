package tui

import (
	"context"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxFound bounds the results that are shown: who wants earlier ones types more words.
const maxFound = model.Page

// finder searches all messages while somebody types.
type finder struct {
	words *entry
	asked string // what the search under way is for
	busy  bool
	found []rpc.Message
	err   error
	pick  pick
}

// foundMsg are the messages that have some words.
type foundMsg struct {
	to    *finder
	words string
	found []rpc.Message
	err   error
}

func (m *Model) openSearch(words string) {
	f := &finder{words: newEntry("Words to find in all conversations", 1000)}
	f.words.Set(words)
	m.open(f)
	f.search(m)
}

func (f *finder) title() string { return "Search" }

func (f *finder) size(width, height int) (int, int) { return min(width, 90), min(height, 28) }

func (f *finder) hidden() (above, below bool) { return f.pick.hidden() }

func (f *finder) hints() []keys.Action { return []keys.Action{keys.Confirm, keys.Close} }

func (f *finder) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case foundMsg:
		if msg.to == f {
			f.busy = false
			f.found, f.err = msg.found, msg.err
			f.pick = pick{}
			f.search(m)
		}
	case tea.PasteMsg:
		m.typed(&f.words.Editor, msg)
		f.search(m)
	case tea.KeyPressMsg:
		return f.key(m, msg)
	}
	return nil
}

func (f *finder) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch a := m.dialogAction(k); {
	case a == keys.Close:
		m.closeOverlay(f)
	case a == keys.Confirm && len(f.found) > 0:
		found := f.found[f.pick.at]
		m.closeOverlay(f)
		return m.goTo(found.Conversation, found.Number)
	case f.pick.act(a, len(f.found)):
	case m.typed(&f.words.Editor, k):
		f.search(m)
	}
	return nil
}

// search looks for what was typed, one search after the other.
func (f *finder) search(m *Model) {
	words := strings.TrimSpace(f.words.Text())
	if f.busy || words == f.asked {
		return
	}
	f.asked = words
	if words == "" {
		f.found, f.err = nil, nil
		return
	}
	f.busy = true
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		found, err := api.Search(ctx, words, 0, 0, maxFound)
		return foundMsg{f, words, found, err}
	})
}

func (f *finder) picked(*Model) (*pick, int) { return &f.pick, len(f.found) }

// foundLines is how many lines a result has.
const foundLines = 2

func (f *finder) view(m *Model, width, height int) ([]string, *position) {
	head := m.page(width)
	cursor := f.words.show(head, true)
	p := m.page(width)
	words := strings.Fields(f.asked)
	for i, one := range f.found {
		f.item(m, p, one, words, i == f.pick.at)
	}
	if f.err != nil || f.asked != "" && !f.busy {
		p.absent(f.err, true, len(f.found), "Nothing was found.")
	}
	rest := max(height-len(head.lines), 1)
	f.pick.height, f.pick.above, f.pick.each = max(rest/foundLines, 1), len(head.lines), foundLines
	lines := append(head.lines, f.pick.seen(p.lines, rest, f.pick.at*foundLines+foundLines-1)...)
	return lines[:min(len(lines), height)], cursor
}

// item is with whom a message is, of when, and the part of it that has the words.
func (f *finder) item(m *Model, p *page, one rpc.Message, words []string, chosen bool) {
	name := "…"
	if c := m.state.Conversation(one.Conversation); c != nil {
		name = m.state.Name(c)
	}
	who := "you to " + name
	if one.Sender != 0 {
		who = m.state.Label(one.Sender)
	}
	p.item(chosen, m.theme.Strong, who+", "+m.day(one.Stored.Time))
	text := excerpt(safe.Line(one.Text), words, p.width-2)
	p.raw("  " + markWords(safe.Cut(m.method, text, p.width-2), words, m.theme.Found.Paint))
}

// excerpt begins a little before the first of the words.
func excerpt(text string, words []string, width int) string {
	lower := foldASCII(text)
	first := len(text)
	for _, w := range words {
		if i := strings.Index(lower, foldASCII(w)); i >= 0 {
			first = min(first, i)
		}
	}
	if first == len(text) || first < width/2 {
		return text
	}
	start := first - width/4
	if i := strings.IndexFunc(text[start:first], unicode.IsSpace); i >= 0 {
		return "…" + text[start+i+1:]
	}
	return "…" + text[first:]
}

// foldASCII keeps every character where it is, in bytes.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// markWords paints words wherever they are in a text.
func markWords(text string, words []string, paint func(string) string) string {
	var b strings.Builder
	lower := foldASCII(text)
	for i := 0; i < len(text); {
		at, longest := len(text), 0
		for _, w := range words {
			if j := strings.Index(lower[i:], foldASCII(w)); j >= 0 && (i+j < at || i+j == at && len(w) > longest) {
				at, longest = i+j, len(w)
			}
		}
		if longest == 0 {
			b.WriteString(text[i:])
			break
		}
		b.WriteString(text[i:at] + paint(text[at:at+longest]))
		i = at + longest
	}
	return b.String()
}
