package tui

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
)

// change sets something by its name. What belongs to the screen is so at once; what cannot
// be kept, because there are no files, holds until the end. A list that would lose
// something is changed only if somebody says so: its elements are not remembered.
func (m *Model) change(name, value string) tea.Cmd {
	s, ok := m.setting(name)
	switch {
	case !ok && m.appear(name, value):
		return nil
	case !ok:
		m.say(warning, "there is no setting of that name; /settings shows all")
		return nil
	}
	put := func() {
		m.putValue(s, value, func(m *Model, err error) {
			if err != nil {
				m.say(failed, "not changed: "+reason(err))
			}
		})
	}
	if gone := without(elements(s.Value), elements(value)); s.List && !isKeys(name) && len(gone) > 0 {
		m.confirm("This takes away what is set for "+name+": "+strings.Join(gone, "; ")+". Go on?", put)
		return nil
	}
	put()
	return nil
}

// putValue changes a setting to a value that somebody has typed.
func (m *Model) putValue(s setting, value string, then func(m *Model, err error)) {
	m.put(func(ctx context.Context) (Preference, error) { return s.set(ctx, value) }, s, then)
}

// resetValue takes a preference out of the file of the profile.
func (m *Model) resetValue(s setting, then func(m *Model, err error)) {
	m.put(func(ctx context.Context) (Preference, error) { return m.o.Preferences.Reset(ctx, s.Name) }, s, then)
}

// put changes a setting by a function, and says what holds then. What then gets is nil, or
// why nothing was changed.
func (m *Model) put(change func(context.Context) (Preference, error), s setting, then func(m *Model, err error)) {
	m.act(func(ctx context.Context) tea.Msg {
		is, err := change(ctx)
		return outcome(func(m *Model) tea.Cmd {
			m.desk.read = false
			if err == nil {
				m.ask(model.GetSettings{})
				m.changed(s, is)
			}
			then(m, err)
			return nil
		})
	})
}

// changed does what follows from a change, and says what holds now.
func (m *Model) changed(s setting, is Preference) {
	switch {
	case is.Decider != "":
		m.say(warning, "written, but "+is.Decider+" decides: "+orDash(inLine(is.Value)))
	case isKeys(s.Name) && m.rebind(s.Name, elements(is.Value), is.Source == ""):
	case is.Name != "" && m.appear(s.Name, is.Value):
	case s.later:
		m.say(info, s.Name+" is changed; that holds from the next start on")
	default:
		m.say(info, s.Name+" is changed")
	}
}

// appear makes the screen what a preference says, and reports whether it is one of those.
func (m *Model) appear(name, value string) bool {
	switch name {
	case "theme":
		if _, ok := theme.Named(value); !ok && value != autoTheme {
			return false
		}
		m.o.Theme = value
		m.theme = theme.Choose(value, m.o.Getenv, m.darkness)
		m.wrapped = wrapCache{}
		if value != autoTheme && m.theme.Name != value {
			m.say(warning, "NO_COLOR is set: the theme stays "+m.theme.Name+" until it is unset")
			break
		}
		m.say(info, "the theme is "+m.theme.Name)
	case "mouse":
		m.mouse = value == "true"
		m.say(info, "mouse "+map[bool]string{true: "on", false: "off: the terminal selects text again"}[m.mouse])
	case "editor":
		m.o.Editor = value
		m.say(info, "the editor is changed")
	case "notifications":
		m.o.Notifications = value
		m.say(info, "notifications: "+value)
	case "lock_after":
		d, err := time.ParseDuration(value)
		if err != nil {
			return false
		}
		m.o.LockAfter = d
		m.say(info, "lock after "+value)
	default:
		return isKeys(name) && m.rebind(name, elements(value), false)
	}
	return true
}

// autoTheme is the theme that fits the terminal.
const autoTheme = "auto"

// bridges is the setting that has those of tor.
const bridges = "tor.bridges"

// keysPrefix begins the names of the keys of actions.
const keysPrefix = "keys."

func isKeys(name string) bool { return strings.HasPrefix(name, keysPrefix) }

// elements are those of a list as people type it.
func elements(value string) (all []string) {
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// inLine is a value in one line.
func inLine(value string) string { return strings.Join(elements(value), "; ") }

// without is a list without the elements of another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(e string) bool { return slices.Contains(other, e) })
}

// rebind gives an action the keys that it is to have from now on, or those that it comes
// with.
func (m *Model) rebind(name string, to []string, standard bool) bool {
	action := strings.TrimPrefix(name, keysPrefix)
	binding, ok := keys.Default().Binding(keys.Action(action))
	if !ok {
		return false
	}
	other := maps.Clone(m.o.Keys)
	if other == nil {
		other = make(map[string][]string)
	}
	if other[action] = to; standard {
		delete(other, action)
	}
	m.o.Keys = other
	m.keys, _ = keys.Default().Rebind(other)
	m.say(info, binding.Help+": "+orDash(m.keys.Keys(binding.Action)))
	return true
}

// actionText is what the action does that a setting has the keys of.
func (m *Model) actionText(name string) string {
	b, _ := m.keys.Binding(keys.Action(strings.TrimPrefix(name, keysPrefix)))
	return b.Help
}
