package tui

import (
	"context"
	"slices"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
)

// Preference is something about the program that can be set: what files have, and not the
// profile. The keys of an action are one, called "keys." and the action.
type Preference struct {
	// Name is what files call it, Value what holds, Doc what it is for. A list has one
	// element a line.
	Name, Value, Doc string
	// Default is what holds if nothing is set.
	Default string
	// Choices are the values that there are, if they are words of a list.
	Choices []string
	// List is whether the value is a list.
	List bool
	// Source is where the value comes from, for people, or nothing if it is the default.
	Source string
	// Decider is what decides whatever the files say, for people, such as "the environment
	// variable ONIONWIRE_THEME"; or nothing.
	Decider string
}

// Preferences are the files that the program is set up with. Errors are for people.
type Preferences interface {
	// All are all preferences, in the order in which they are shown. It fails if a file
	// cannot be read, with the place of what is wrong in it.
	All() ([]Preference, error)
	// Set changes one for good, and returns what holds then. It changes nothing in a file
	// that cannot be read.
	Set(ctx context.Context, name, value string) (Preference, error)
	// Reset takes it out of the file of the profile, as Set does otherwise.
	Reset(ctx context.Context, name string) (Preference, error)
}

// setting is a line of the settings: of the profile, or a preference.
type setting struct {
	Preference
	label string
	later bool // whether a change holds from the next start on
	// set changes it to a value that somebody has typed, and returns what holds then, if
	// it is a preference. The error is for people.
	set func(ctx context.Context, value string) (Preference, error)
}

// settings are all there are: those of the profile, and behind them the preferences.
func (m *Model) settings() []setting {
	all := m.ownSettings()
	for _, p := range m.preferences() {
		label := p.Name
		if isKeys(p.Name) {
			label = m.actionText(p.Name)
		}
		all = append(all, setting{
			Preference: p, label: label, later: true,
			set: func(ctx context.Context, v string) (Preference, error) { return m.o.Preferences.Set(ctx, p.Name, v) },
		})
	}
	return all
}

// ownSettings are those of the profile.
func (m *Model) ownSettings() (all []setting) {
	api := m.api
	for _, own := range settings.All(m.state.Settings) {
		all = append(all, setting{
			Preference: Preference{Name: own.Name, Value: own.Value, Doc: own.Doc, Choices: own.Choices}, label: own.Label,
			set: func(ctx context.Context, v string) (Preference, error) {
				change, err := own.Change(v)
				if err == nil {
					_, err = api.SetSettings(ctx, change)
				}
				return Preference{}, err
			},
		})
	}
	return all
}

// setting returns the one with a name.
func (m *Model) setting(name string) (setting, bool) {
	all := m.settings()
	if i := slices.IndexFunc(all, func(s setting) bool { return s.Name == name }); i >= 0 {
		return all[i], true
	}
	return setting{}, false
}

// preferences are what the files say. They are read when they are needed first, and after
// each change. If they cannot be read, they are as they were the last time.
func (m *Model) preferences() []Preference {
	d := &m.desk
	if !d.read && m.o.Preferences != nil {
		all, err := m.o.Preferences.All()
		if d.unread = err; err == nil {
			d.preferences = all
		}
		d.read = true
	}
	return d.preferences
}
