package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/rpc"
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

var switchChoices = []string{"true", "false"}

// settings are all there are: those of the profile, and behind them the preferences.
func (m *Model) settings() []setting {
	all := m.ownSettings()
	for _, p := range m.preferences() {
		label := p.Name
		if isKeys(p.Name) {
			label = actionText(p.Name)
		}
		all = append(all, setting{
			Preference: p, label: label, later: true,
			set: func(ctx context.Context, v string) (Preference, error) { return m.o.Preferences.Set(ctx, p.Name, v) },
		})
	}
	return all
}

// ownSettings are those of the profile.
func (m *Model) ownSettings() []setting {
	s, api := m.state.Settings, m.api
	update := func(ctx context.Context, u rpc.SettingsUpdate) error {
		_, err := api.SetSettings(ctx, u)
		return err
	}
	own := func(name, label, value, doc string, set func(context.Context, string) error) setting {
		return setting{
			Preference: Preference{Name: name, Value: value, Doc: doc}, label: label,
			set: func(ctx context.Context, v string) (Preference, error) { return Preference{}, set(ctx, v) },
		}
	}
	choice := func(name, label string, value bool, doc string, set func(context.Context, bool) error) setting {
		s := own(name, label, strconv.FormatBool(value), doc, withBool(set))
		s.Choices = switchChoices
		return s
	}
	return []setting{
		own("name", "your name", s.Name, "What contacts are told to call you. It proves nothing.",
			func(ctx context.Context, v string) error { return update(ctx, rpc.SettingsUpdate{Name: &v}) }),
		choice("read_receipts", "read receipts", s.ReadReceipts, "Whether contacts are told that you have read their messages.",
			func(ctx context.Context, b bool) error { return update(ctx, rpc.SettingsUpdate{ReadReceipts: &b}) }),
		choice("typing_hints", "typing hints", s.TypingHints, "Whether contacts are told that you are typing.",
			func(ctx context.Context, b bool) error { return update(ctx, rpc.SettingsUpdate{TypingHints: &b}) }),
		own("expiry", "give up after", expiryText(s.Expiry), "How long a message may wait to be delivered, such as 7d, or never.",
			func(ctx context.Context, v string) error {
				d, err := console.ParseDuration(v)
				expiry := rpc.Duration(max(d, 0))
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{Expiry: &expiry})
			}),
		own("auto_accept", "take files up to", wording.Bytes(s.AutoAccept),
			"Up to which size, such as 5M, files of verified contacts are accepted without asking; 0 is never.",
			func(ctx context.Context, v string) error {
				n, err := parseSize(v)
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{AutoAccept: &n})
			}),
		own("download_folder", "folder for files", s.Downloads, "Where accepted files are put.",
			func(ctx context.Context, v string) error {
				path, err := expand(v)
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{Downloads: &path})
			}),
	}
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

func withBool(set func(context.Context, bool) error) func(context.Context, string) error {
	return func(ctx context.Context, v string) error {
		switch strings.ToLower(v) {
		case "true", "on", "yes":
			return set(ctx, true)
		case "false", "off", "no":
			return set(ctx, false)
		}
		return fmt.Errorf("it is one of true, false")
	}
}

func expiryText(d rpc.Duration) string { return console.FormatDuration(time.Duration(d)) }

// parseSize reads a number of bytes, with K, M or G behind it.
func parseSize(s string) (int64, error) {
	wrong := fmt.Errorf("a size is a number, with K, M or G behind it if you like, such as 5M")
	s = strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), "B")
	unit := int64(1)
	for i, name := range []string{"K", "M", "G"} {
		if rest, ok := strings.CutSuffix(s, name); ok {
			s, unit = rest, 1<<(10*(i+1))
			break
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return 0, wrong
	}
	return n * unit, nil
}
