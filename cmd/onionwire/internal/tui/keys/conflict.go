package keys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Conflicts returns the other bindings that a key would be for, too, or that it would hide,
// if an action had it: those of the same place and of places that hold beside it.
func (m Map) Conflicts(a Action, key string) (all []Binding) {
	own, ok := m.Binding(a)
	if !ok {
		return nil
	}
	for _, b := range m.bindings {
		if b.Action != a && beside(own.Where, b.Where) &&
			slices.ContainsFunc(b.Keys, func(k string) bool { return Collide(k, key) }) {
			all = append(all, b)
		}
	}
	return all
}

// Taken returns the actions that have lost keys with which they come, and would have them
// again if an action had none: each with all keys that it then has.
func (m Map) Taken(a Action) map[Action][]string {
	taken := make(map[Action][]string)
	own, _ := m.Binding(a)
	for _, standard := range defaults() {
		now, _ := m.Binding(standard.Action)
		if now.Action == a || !beside(own.Where, now.Where) {
			continue
		}
		lost := func(key string) bool {
			return slices.ContainsFunc(own.Keys, func(k string) bool { return Collide(k, key) }) &&
				!slices.ContainsFunc(m.Conflicts(now.Action, key), func(b Binding) bool { return b.Action != a })
		}
		all, back := slices.Clone(now.Keys), false
		for _, key := range standard.Keys {
			if !slices.Contains(now.Keys, key) && lost(key) {
				all, back = append(all, key), true
			}
		}
		if back {
			taken[now.Action] = all
		}
	}
	return taken
}

// Collide reports whether there is no way to press both: they are the same, or one begins
// with the other.
func Collide(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+" ") || strings.HasPrefix(b, a+" ")
}

// beside reports whether the bindings of two places hold at the same time.
func beside(a, b Where) bool {
	if a == b || a == Everywhere || b == Everywhere {
		return true
	}
	list := func(w Where) bool { return w != Composer && w != Selection && w != Dialog }
	return a == Dialog && list(b) || b == Dialog && list(a)
}

// Writes reports whether a key writes a character where text is written, so that nobody
// could write that any more if the key were for something else there.
func Writes(key string) bool {
	first, _, _ := strings.Cut(key, " ")
	for _, m := range modifiers[:2] { // Shift writes as well
		if strings.HasPrefix(first, m+"+") {
			return false
		}
	}
	rest := strings.TrimPrefix(first, "shift+")
	_, known := special[rest]
	return !known && !function(rest) || rest == "space"
}

// ErrWrites means that a key would be taken from those who write.
var ErrWrites = errors.New("writes a character, and could not be written any more: take one with Ctrl or Alt, or F1 to F12")

// Take returns the form of a key in which keys are compared, as Parse does. It fails with
// ErrWrites if the key would keep people from writing where the binding holds.
func (b Binding) Take(key string) (string, error) {
	k, err := Parse(key)
	if err == nil && b.Where.writing() && Writes(k) {
		return "", fmt.Errorf("%s %w", Name(k), ErrWrites)
	}
	return k, err
}

// writing reports whether text is written in a place.
func (w Where) writing() bool {
	return w == Everywhere || w == Composer || w == Dialog || w == Verification || w == KeyList
}

// conflicts says which keys do two things in one place, as far as somebody has changed them.
func conflicts(all []Binding, other map[string][]string) (problems []string) {
	for i, a := range all {
		for _, b := range all[i+1:] {
			_, changedA := other[string(a.Action)]
			_, changedB := other[string(b.Action)]
			if !beside(a.Where, b.Where) || !changedA && !changedB {
				continue
			}
			for _, k := range a.Keys {
				for _, l := range b.Keys {
					if k == l {
						problems = append(problems, fmt.Sprintf("keys: %s is for both %s and %s", Name(k), a.Action, b.Action))
					} else if Collide(k, l) {
						problems = append(problems, fmt.Sprintf("keys: %s of %s and %s of %s begin alike", Name(k), a.Action, Name(l), b.Action))
					}
				}
			}
		}
	}
	return problems
}
