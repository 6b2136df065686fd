package tui

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/fuzzy"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// keyList shows which key does what, and gives actions other keys.
type keyList struct {
	words *entry // of what is looked for
	found []keys.Binding
	pick  pick
	said  string

	// While a key is pressed for an action: which, and the key when it was.
	action keys.Action
	more   bool // whether it keeps those that it has
	chord  string
}

// openKeys shows all actions, with one of them chosen if it is named.
func (m *Model) openKeys(action string) {
	m.desk.read = false
	l := &keyList{words: newEntry("What it does, or a key", 100)}
	l.rank(m)
	if i := slices.IndexFunc(l.found, func(b keys.Binding) bool { return string(b.Action) == action }); i >= 0 {
		l.pick.at = i
	}
	m.open(l)
}

// rank finds the actions by what was typed.
func (l *keyList) rank(m *Model) {
	all := m.keys.Bindings()
	texts := make([]string, len(all))
	for i, b := range all {
		texts[i] = b.Help + " " + b.Names() + " " + string(b.Action)
	}
	l.found = l.found[:0]
	for _, f := range fuzzy.Rank(l.words.Text(), texts, len(all)) {
		l.found = append(l.found, all[f.Index])
	}
	l.pick.clip(len(l.found))
}

func (l *keyList) title() string { return "Keys" }

func (l *keyList) size(width, _ int) (int, int) { return min(width, 84), 24 }

func (l *keyList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *keyList) hints() []keys.Action {
	switch {
	case l.action == "":
		return []keys.Action{keys.Confirm, keys.AddKey, keys.DropKeys, keys.DefaultKeys, keys.Close}
	case l.chord == "":
		return nil
	}
	return []keys.Action{keys.Confirm, keys.Close}
}

func (l *keyList) word(a keys.Action) string {
	switch {
	case a == keys.Confirm && l.action == "":
		return "another key"
	case a == keys.Confirm:
		return "keep it"
	case a == keys.Close && l.action != "":
		return "leave it as it was"
	}
	return ""
}

// captures is whether the next key is to be given to an action, whatever it does now.
func (l *keyList) captures() bool { return l.action != "" && l.chord == "" }

func (l *keyList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if l.action == "" {
			m.typed(&l.words.Editor, msg)
			l.rank(m)
		}
	case tea.KeyPressMsg:
		l.said = ""
		switch {
		case l.captures():
			l.capture(m, msg)
		case l.action != "":
			l.decide(m, msg)
		default:
			l.key(m, msg)
		}
	}
	return nil
}

func (l *keyList) key(m *Model, k tea.KeyPressMsg) {
	a := m.actionIn(keys.KeyList, k)
	if a == keys.Close {
		m.closeOverlay(l)
		return
	}
	if l.pick.act(a, len(l.found)) {
		return
	}
	if a != keys.Confirm && a != keys.AddKey && a != keys.DropKeys && a != keys.DefaultKeys {
		if m.typed(&l.words.Editor, k) {
			l.pick.at = 0
			l.rank(m)
		}
		return
	}
	if len(l.found) == 0 {
		return
	}
	b := l.found[l.pick.at]
	switch a {
	case keys.DropKeys:
		if l.needed(b.Action, nil) {
			return
		}
		l.give(m, map[keys.Action][]string{b.Action: nil})
	case keys.DefaultKeys:
		l.reset(m, b.Action)
	default:
		l.action, l.more, l.chord = b.Action, a == keys.AddKey, ""
	}
}

// capture takes the key that an action is to have.
func (l *keyList) capture(m *Model, k tea.KeyPressMsg) {
	b, _ := m.keys.Binding(l.action)
	switch chord, err := b.Take(k.String()); {
	case chord == "esc" || chord == "ctrl+c":
		l.action = ""
	case errors.Is(err, keys.ErrWrites):
		l.said = err.Error() + "."
	case err != nil:
		l.said = "This key has no name here, so nothing can be done with it. Press another one."
	default:
		l.chord = chord
	}
}

// decide keeps the key that was pressed, or not.
func (l *keyList) decide(m *Model, k tea.KeyPressMsg) {
	switch m.dialogAction(k) {
	case keys.Close:
		l.action, l.chord = "", ""
	case keys.Confirm:
		l.take(m)
	}
}

// take gives the action the key, and takes it from those that have it.
func (l *keyList) take(m *Model) {
	b, _ := m.keys.Binding(l.action)
	changes := map[keys.Action][]string{b.Action: {l.chord}}
	if l.more && !slices.Contains(b.Keys, l.chord) {
		changes[b.Action] = append(slices.Clone(b.Keys), l.chord)
	} else if l.more {
		changes[b.Action] = b.Keys
	}
	var losers []string
	for _, other := range m.keys.Conflicts(l.action, l.chord) {
		losers = append(losers, "\""+other.Help+"\" ("+headingOf(other.Where)+")")
		left := slices.DeleteFunc(slices.Clone(other.Keys), func(k string) bool { return keys.Collide(k, l.chord) })
		if l.needed(other.Action, left) {
			l.action, l.chord = "", ""
			return
		}
		changes[other.Action] = left
	}
	give := func() {
		l.action, l.chord = "", ""
		l.give(m, changes)
	}
	if len(losers) == 0 {
		give()
		return
	}
	m.confirm(keys.Name(l.chord)+" is taken from "+strings.Join(losers, ", ")+". Go on?", give)
}

// indispensable are actions without which nobody gets on, or back to this dialog.
var indispensable = []keys.Action{keys.Close, keys.Confirm, keys.ItemUp, keys.ItemDown, keys.Quit, keys.Send, keys.Console}

// needed reports whether an action would have no key that has to have one.
func (l *keyList) needed(a keys.Action, left []string) bool {
	if len(left) > 0 || !slices.Contains(indispensable, a) {
		return false
	}
	b, _ := keys.Default().Binding(a)
	l.said = "Nothing was changed: \"" + b.Help + "\" needs a key. Give it another one first."
	return true
}

// give changes the keys of actions, one after the other, so that what somebody takes away
// is gone before it is somewhere else.
func (l *keyList) give(m *Model, changes map[keys.Action][]string) {
	order := make([]keys.Action, 0, len(changes))
	for a := range changes {
		order = append(order, a)
	}
	slices.SortFunc(order, func(a, b keys.Action) int { return len(changes[a]) - len(changes[b]) })
	for _, a := range order {
		name, value := keysPrefix+string(a), strings.Join(changes[a], "\n")
		s, ok := m.setting(name)
		if !ok { // there are no files: it holds until the end
			m.rebind(name, changes[a], false)
			l.rank(m)
			continue
		}
		m.putValue(s, value, l.settled)
	}
}

// reset gives an action the keys that it comes with, and those back that it had taken.
func (l *keyList) reset(m *Model, a keys.Action) {
	back := m.keys.Taken(a)
	for other, has := range back {
		if standard, _ := keys.Default().Binding(other); len(without(standard.Keys, has)) == 0 && len(has) == len(standard.Keys) {
			delete(back, other)
			l.resetOne(m, other)
		}
	}
	l.give(m, back)
	l.resetOne(m, a)
}

func (l *keyList) resetOne(m *Model, a keys.Action) {
	name := keysPrefix + string(a)
	s, ok := m.setting(name)
	if !ok {
		m.rebind(name, nil, true)
		l.rank(m)
		return
	}
	m.resetValue(s, l.settled)
}

// settled takes what became of a change.
func (l *keyList) settled(m *Model, err error) {
	if err != nil {
		l.said = "Not changed: " + reason(err)
	}
	l.rank(m)
}

func (l *keyList) picked(*Model) (*pick, int) { return &l.pick, len(l.found) }

func (l *keyList) view(m *Model, width, height int) ([]string, *position) {
	l.pick.clip(len(l.found))
	head, foot := m.page(width), m.page(width)
	cursor := l.words.show(head, l.action == "")
	list := m.page(width)
	for i, b := range l.found {
		column := max(width-min(26, width/2), 1)
		list.item(i == l.pick.at, m.theme.Text, safe.Fit(m.method, b.Help, column-1)+" "+orDash(b.Names()))
	}
	if len(l.found) == 0 {
		list.say(m.theme.Dim, "No action is like that.")
	}
	foot.blank()
	if l.said != "" {
		foot.say(m.theme.Bad, safe.Line(l.said))
	}
	l.about(m, foot)
	lines, _ := l.pick.between(head, list, foot, height, nil)
	return lines, cursor
}

// about says what is asked for, or what is to be known about the action that is chosen.
func (l *keyList) about(m *Model, p *page) {
	switch b, _ := m.keys.Binding(l.action); {
	case l.captures():
		p.say(m.theme.Accent, "Press the key for: "+b.Help)
		p.say(m.theme.Dim, "Esc leaves it as it is.")
	case l.action != "":
		p.say(m.theme.Accent, keys.Name(l.chord)+" for: "+b.Help)
		for _, other := range m.keys.Conflicts(l.action, l.chord) {
			p.say(m.theme.Warning, "It is taken from: "+other.Help+" ("+headingOf(other.Where)+")")
		}
	case len(l.found) > 0:
		l.aboutBinding(m, p, l.found[l.pick.at])
	}
}

func (l *keyList) aboutBinding(m *Model, p *page, b keys.Binding) {
	p.say(m.theme.Dim, headingOf(b.Where)+": "+b.Help+" (keys."+string(b.Action)+")")
	if standard, _ := keys.Default().Binding(b.Action); standard.Names() != b.Names() {
		p.say(m.theme.Dim, "As it comes: "+orDash(standard.Names()))
	}
	for _, k := range b.Keys {
		for _, other := range m.keys.Conflicts(b.Action, k) {
			p.say(m.theme.Warning, keys.Name(k)+" is also for: "+other.Help+" ("+headingOf(other.Where)+")")
		}
	}
}

// headingOf is what a part of the interface is called.
func headingOf(w keys.Where) string {
	i := slices.IndexFunc(headings, func(h heading) bool { return h.where == w })
	if i < 0 {
		return string(w)
	}
	return headings[i].text
}
