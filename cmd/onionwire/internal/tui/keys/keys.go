// Package keys says which key does what in the terminal interface: actions by name, the
// keys they have by default, and how a user gives them others. Help texts are made of it.
package keys

import (
	"fmt"
	"slices"
	"strings"
)

// Action is what a key does, by the name that the configuration uses.
type Action string

// Where is the part of the interface that a binding is for.
type Where string

// Parts of the interface. A binding of Everywhere holds in the others, too.
const (
	Everywhere Where = "everywhere"
	Composer   Where = "composer"
	Selection  Where = "selection"
	Dialog     Where = "dialog"
)

// Binding is an action with its keys.
type Binding struct {
	Where  Where
	Action Action
	// Keys are the names of keys, as in "ctrl+k", or several after another, as in
	// "ctrl+x ctrl+e".
	Keys []string
	// Help says what it does, in a few words.
	Help string
}

// Map knows the bindings. The zero Map has none.
type Map struct {
	bindings []Binding
	actions  map[Where]map[string]Action
	prefixes map[Where]map[string]bool
}

// New returns a map of bindings. Of two in one place with the same key, the first has it.
func New(bindings []Binding) Map {
	m := Map{bindings: bindings, actions: map[Where]map[string]Action{}, prefixes: map[Where]map[string]bool{}}
	for _, b := range bindings {
		if m.actions[b.Where] == nil {
			m.actions[b.Where], m.prefixes[b.Where] = map[string]Action{}, map[string]bool{}
		}
		for _, k := range b.Keys {
			if _, taken := m.actions[b.Where][k]; !taken {
				m.actions[b.Where][k] = b.Action
			}
			for i := range len(k) {
				if k[i] == ' ' {
					m.prefixes[b.Where][k[:i]] = true
				}
			}
		}
	}
	return m
}

// Find returns what the keys do that were pressed after another, in one place or
// everywhere. If more is true, they are the beginning of something.
func (m Map) Find(where Where, pressed string) (a Action, more bool) {
	for _, w := range []Where{where, Everywhere} {
		if a, ok := m.actions[w][pressed]; ok {
			return a, false
		}
		more = more || m.prefixes[w][pressed]
	}
	return "", more
}

// Has reports whether a key is for something in any place.
func (m Map) Has(key string) bool {
	return slices.ContainsFunc(m.bindings, func(b Binding) bool { return slices.Contains(b.Keys, key) })
}

// Bindings are all bindings, in the order in which help shows them.
func (m Map) Bindings() []Binding { return slices.Clone(m.bindings) }

// Binding returns that of an action.
func (m Map) Binding(a Action) (Binding, bool) {
	if i := slices.IndexFunc(m.bindings, func(b Binding) bool { return b.Action == a }); i >= 0 {
		return m.bindings[i], true
	}
	return Binding{}, false
}

// Keys are the keys of an action, for people, or nothing if it has none.
func (m Map) Keys(a Action) string {
	b, _ := m.Binding(a)
	return b.Names()
}

// Names are the keys, for people, or nothing if there are none.
func (b Binding) Names() string {
	names := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		names[i] = Name(k)
	}
	return strings.Join(names, ", ")
}

// Key is the first key of an action, for people, or nothing if it has none.
func (m Map) Key(a Action) string {
	first, _, _ := strings.Cut(m.Keys(a), ", ")
	return first
}

// Rebind returns the map with other keys for some actions, by their names; no keys at all
// switch an action off. What cannot be is left out and told, each by a sentence.
func (m Map) Rebind(other map[string][]string) (Map, []string) {
	var problems []string
	all := make([]Binding, len(m.bindings))
	copy(all, m.bindings)
	names := make([]string, 0, len(other))
	for name := range other {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		i := slices.IndexFunc(all, func(b Binding) bool { return string(b.Action) == name })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("keys: there is no action %q", name))
			continue
		}
		var taken []string
		for _, k := range other[name] {
			canonical, err := all[i].Take(k)
			if err != nil {
				problems = append(problems, fmt.Sprintf("keys: %s: %v", name, err))
				continue
			}
			taken = append(taken, canonical)
		}
		all[i].Keys = taken
	}
	return New(all), append(problems, conflicts(all, other)...)
}
