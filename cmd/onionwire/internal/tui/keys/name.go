package keys

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// modifiers in the order in which terminals tell them.
var modifiers = []string{"ctrl", "alt", "shift"}

var special = map[string]string{
	"enter": "Enter", "tab": "Tab", "esc": "Esc", "space": "Space", "backspace": "Backspace", "delete": "Del",
	"insert": "Ins", "up": "Up", "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End",
	"pgup": "PgUp", "pgdown": "PgDn",
}

// Parse returns the form of a key, or of several after another, in which keys are
// compared: modifiers in order, names in lower case.
func Parse(s string) (string, error) {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return "", fmt.Errorf("no key is named")
	}
	for i, field := range fields {
		k, err := parseOne(field)
		if err != nil {
			return "", err
		}
		fields[i] = k
	}
	return strings.Join(fields, " "), nil
}

func parseOne(s string) (string, error) {
	var has []string
	rest := s
	for {
		before, after, found := strings.Cut(rest, "+")
		if !found || after == "" {
			break
		}
		name := strings.ToLower(before)
		if !slices.Contains(modifiers, name) || slices.Contains(has, name) {
			return "", fmt.Errorf("%q: modifiers are ctrl, alt and shift", s)
		}
		has, rest = append(has, name), after
	}
	if utf8.RuneCountInString(rest) > 1 || len(has) > 0 {
		rest = strings.ToLower(rest)
	}
	if _, known := special[rest]; !known && !function(rest) && utf8.RuneCountInString(rest) != 1 {
		return "", fmt.Errorf("%q: no key has this name", s)
	}
	var b strings.Builder
	for _, m := range modifiers {
		if slices.Contains(has, m) {
			b.WriteString(m + "+")
		}
	}
	return b.String() + rest, nil
}

// function reports whether a name is that of a function key, f1 to f20.
func function(name string) bool {
	var n int
	if _, err := fmt.Sscanf(name, "f%d", &n); err != nil {
		return false
	}
	return n >= 1 && n <= 20 && name == fmt.Sprintf("f%d", n)
}

// Name is a key, or several after another, as people read them, such as Ctrl+K.
func Name(k string) string {
	fields := strings.Fields(k)
	for i, field := range fields {
		var b strings.Builder
		rest := field
		for _, m := range modifiers {
			if after, found := strings.CutPrefix(rest, m+"+"); found && after != "" {
				b.WriteString(strings.ToUpper(m[:1]) + m[1:] + "+")
				rest = after
			}
		}
		switch name, known := special[rest]; {
		case known:
			rest = name
		case b.Len() > 0 || function(rest):
			rest = strings.ToUpper(rest)
		}
		fields[i] = b.String() + rest
	}
	return strings.Join(fields, " ")
}
