package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/rpc"
)

// Preference is something about the program that can be set: what a file has, and not the
// profile.
type Preference struct {
	// Name is what files call it, Value what it is, Doc what it is for.
	Name, Value, Doc string
	// Choices are the values that there are, if they are a list.
	Choices []string
}

// Preferences are the files that the program is set up with.
type Preferences interface {
	// All are all preferences, in the order in which they are shown.
	All() []Preference
	// Set changes one for good. The error is for people.
	Set(ctx context.Context, name, value string) error
}

// setting is a line of the settings: of the profile, or a preference.
type setting struct {
	name, label, value, doc string
	choices                 []string
	later                   bool // whether a change holds from the next start on
	// set changes it to a value that somebody has typed. The error is for people.
	set func(ctx context.Context, value string) error
}

var switchChoices = []string{"true", "false"}

// settings are all there are.
func (m *Model) settings() []setting {
	s, api := m.state.Settings, m.api
	update := func(ctx context.Context, u rpc.SettingsUpdate) error {
		_, err := api.SetSettings(ctx, u)
		return err
	}
	all := []setting{
		{
			name: "name", label: "your name", value: s.Name, doc: "What contacts are told to call you. It proves nothing.",
			set: func(ctx context.Context, v string) error { return update(ctx, rpc.SettingsUpdate{Name: &v}) },
		},
		{
			name: "read_receipts", label: "read receipts", value: strconv.FormatBool(s.ReadReceipts), choices: switchChoices,
			doc: "Whether contacts are told that you have read their messages.",
			set: withBool(func(ctx context.Context, b bool) error { return update(ctx, rpc.SettingsUpdate{ReadReceipts: &b}) }),
		},
		{
			name: "typing_hints", label: "typing hints", value: strconv.FormatBool(s.TypingHints), choices: switchChoices,
			doc: "Whether contacts are told that you are typing.",
			set: withBool(func(ctx context.Context, b bool) error { return update(ctx, rpc.SettingsUpdate{TypingHints: &b}) }),
		},
		{
			name: "expiry", label: "give up after", value: expiryText(s.Expiry),
			doc: "How long a message may wait to be delivered, such as 7d, or never.",
			set: func(ctx context.Context, v string) error {
				d, err := console.ParseDuration(v)
				expiry := rpc.Duration(max(d, 0))
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{Expiry: &expiry})
			},
		},
		{
			name: "auto_accept", label: "take files up to", value: wording.Bytes(s.AutoAccept),
			doc: "Up to which size, such as 5M, files of verified contacts are accepted without asking; 0 is never.",
			set: func(ctx context.Context, v string) error {
				n, err := parseSize(v)
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{AutoAccept: &n})
			},
		},
		{
			name: "download_folder", label: "folder for files", value: s.Downloads, doc: "Where accepted files are put.",
			set: func(ctx context.Context, v string) error {
				path, err := expand(v)
				if err != nil {
					return err
				}
				return update(ctx, rpc.SettingsUpdate{Downloads: &path})
			},
		},
	}
	for _, p := range m.preferences() {
		all = append(all, setting{
			name: p.Name, label: p.Name, value: p.Value, doc: p.Doc, choices: p.Choices, later: true,
			set: func(ctx context.Context, v string) error { return m.o.Preferences.Set(ctx, p.Name, v) },
		})
	}
	return all
}

// preferences are what the files say. They are read when they are needed first, and after
// each change.
func (m *Model) preferences() []Preference {
	if m.desk.preferences == nil && m.o.Preferences != nil {
		m.desk.preferences = m.o.Preferences.All()
	}
	return m.desk.preferences
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

// change sets something by its name. What belongs to the screen is so at once; what cannot
// be kept, because there are no files, holds until the end.
func (m *Model) change(name, value string) tea.Cmd {
	all := m.settings()
	i := slices.IndexFunc(all, func(s setting) bool { return s.name == name })
	if i < 0 {
		if m.appear(name, value) {
			return nil
		}
		m.say(warning, "there is no setting of that name; /settings shows all")
		return nil
	}
	s := all[i]
	m.act(func(ctx context.Context) tea.Msg {
		err := s.set(ctx, value)
		return outcome(func(m *Model) tea.Cmd {
			if err != nil {
				m.say(failed, "not changed: "+reason(err))
				return nil
			}
			m.ask(model.GetSettings{})
			m.desk.preferences = nil
			switch {
			case m.appear(name, value):
			case s.later:
				m.say(info, name+" is changed; that holds from the next start on")
			default:
				m.say(info, name+" is changed")
			}
			return nil
		})
	})
	return nil
}

// autoTheme is the theme that fits the terminal.
const autoTheme = "auto"

// appear makes the screen what a preference says, and reports whether it is one of those.
func (m *Model) appear(name, value string) bool {
	switch name {
	case "theme":
		if _, ok := theme.Named(value); !ok && value != autoTheme {
			return false
		}
		m.o.Theme = value
		m.theme = theme.Choose(value, m.o.Getenv, m.darkness)
		m.say(info, "the theme is "+m.theme.Name)
		m.wrapped = wrapCache{}
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
		return false
	}
	return true
}
