package tui_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/rpc"
)

// preferences are files in memory.
type preferences struct {
	file    map[string]string
	fixed   map[string]string // by the environment
	broken  error
	refuses string // a value
}

func (p *preferences) All() ([]tui.Preference, error) {
	if p.broken != nil {
		return nil, p.broken
	}
	all := []tui.Preference{
		p.one("theme", tui.Preference{Default: "auto", Choices: []string{"auto", "dark", "light", "16", "plain"}, Doc: "Colours."}),
		p.one("mouse", tui.Preference{Default: "true", Choices: []string{"true", "false"}, Doc: "Whether the mouse is used."}),
		p.one("lock_after", tui.Preference{Default: "0s", Doc: "After how long without a key it locks."}),
		p.one("tor.bridges", tui.Preference{List: true, Doc: "Bridges for the tor to start, where Tor is blocked."}),
	}
	for _, b := range keys.Default().Bindings() {
		all = append(all, p.one("keys."+string(b.Action), tui.Preference{List: true, Doc: "Keys."}))
	}
	return all, nil
}

func (p *preferences) one(name string, is tui.Preference) tui.Preference {
	is.Name, is.Value = name, is.Default
	if v, ok := p.file[name]; ok {
		is.Value, is.Source = v, "file of the profile"
	}
	if v, ok := p.fixed[name]; ok {
		is.Value, is.Source, is.Decider = v, "environment", "the environment variable ONIONWIRE_"+strings.ToUpper(name)
	}
	return is
}

func (p *preferences) Set(_ context.Context, name, value string) (tui.Preference, error) {
	if p.broken != nil {
		return tui.Preference{}, p.broken
	}
	if p.refuses != "" && strings.Contains(value, p.refuses) {
		return tui.Preference{}, errors.New("wrong value for " + name + ": it is something else")
	}
	if p.file == nil {
		p.file = make(map[string]string)
	}
	p.file[name] = value
	return p.get(name)
}

func (p *preferences) Reset(_ context.Context, name string) (tui.Preference, error) {
	delete(p.file, name)
	return p.get(name)
}

func (p *preferences) get(name string) (tui.Preference, error) {
	all, err := p.All()
	if err != nil {
		return tui.Preference{}, err
	}
	return all[slices.IndexFunc(all, func(one tui.Preference) bool { return one.Name == name })], nil
}

func withPreferences(o *tui.Options) { o.Preferences = &preferences{} }

// with has the interface use files.
func with(p *preferences) func(o *tui.Options) { return func(o *tui.Options) { o.Preferences = p } }

// down goes down to a line of the settings.
func down(u *ui, label string) {
	u.t.Helper()
	for range 40 {
		for line := range strings.Lines(u.raw()) {
			if strings.Contains(line, reverse) && strings.Contains(line, label) {
				return
			}
		}
		u.press("down")
	}
	u.t.Fatalf("%s is not on the list:\n%s", label, u.screen())
}

// TestScreensOfPreferences has the dialogs that are about files, on every screen.
func TestScreensOfPreferences(t *testing.T) {
	for name, open := range map[string]func(u *ui){
		"settings-file": func(u *ui) { u.press("f9"); down(u, "mouse") },
		"keys":          func(u *ui) { u.press("f9"); down(u, "keys"); u.press("enter") },
		"keys-taken":    func(u *ui) { command(u, "settings keys.go-to"); u.press("enter", "ctrl+f") },
		"bridges":       func(u *ui) { command(u, "bridge"); u.press("a"); u.typed("192.0.2.1") },
	} {
		for _, size := range sizes {
			t.Run(name+"/"+size.name, func(t *testing.T) {
				in(t, size.w, size.h, town(t), func(u *ui) {
					open(u)
					u.golden("dialog-" + name + "-" + size.name)
				}, with(&preferences{
					file:  map[string]string{"tor.bridges": "192.0.2.7:443\nobfs4 192.0.2.8:443 cert=x"},
					fixed: map[string]string{"mouse": "false"},
				}))
			})
		}
	}
}

// reverse is how the theme plain marks what is chosen.
const reverse = "\x1b[7m"

// raw is what is seen, with colours.
func (u *ui) raw() string { return u.m.View().Content }

func TestSettingsShowWhereValuesComeFrom(t *testing.T) {
	p := &preferences{file: map[string]string{"theme": "light", "mouse": "false"}, fixed: map[string]string{"mouse": "true"}}
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f9")
		down(u, "theme")
		u.sees("file of the profile", "environment", "It comes from the file of the profile. If nothing is set: auto")
		down(u, "mouse")
		u.sees("It comes from the environment variable ONIONWIRE_MOUSE, which decides as long as")
		down(u, "lock_after")
		u.misses("It comes from")
	}, with(p))
}

// What is refused stays to be mended, with why.
func TestSettingsKeepWhatIsWrong(t *testing.T) {
	p := &preferences{refuses: "soon"}
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f9")
		down(u, "lock_after")
		u.press("enter", "ctrl+u")
		u.typed("soon")
		u.press("enter")
		u.sees("> soon", "Not changed: wrong value for lock_after: it is something else")
		u.press("ctrl+u")
		u.typed("15m")
		u.misses("Not changed")
		u.press("enter")
		u.sees("15m", "lock after 15m")
		u.misses("> 15m")
		u.press("d") // as if nothing was set
		u.sees("0s")
		if _, set := p.file["lock_after"]; set {
			t.Error("it is still set")
		}
	}, with(p))
}

// What the environment decides is not told as changed.
func TestSettingsThatTheEnvironmentDecides(t *testing.T) {
	p := &preferences{fixed: map[string]string{"theme": "plain"}}
	in(t, 120, 30, town(t), func(u *ui) {
		command(u, "theme dark")
		u.sees("written, but the environment variable ONIONWIRE_THEME decides: plain")
		u.misses("the theme is dark")
		if p.file["theme"] != "dark" {
			t.Error("it is not written")
		}
	}, with(p))
	in(t, 120, 30, town(t), func(u *ui) {
		command(u, "theme dark")
		u.sees("NO_COLOR is set: the theme stays plain")
	}, with(&preferences{}), func(o *tui.Options) {
		o.Getenv = func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] }
	})
}

// A file that was broken while the interface runs is told of, and not changed.
func TestSettingsOfBrokenFile(t *testing.T) {
	p := &preferences{file: map[string]string{"theme": "light"}}
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f9", "esc")
		p.broken = errors.New("/home/me/config.toml, line 3: unknown key \"thme\": did you mean theme?")
		u.press("f9")
		u.sees("The files cannot be read: /home/me/config.toml, line 3", "nothing is written to them", "light")
		down(u, "mouse")
		u.press("enter")
		u.sees("Not changed: /home/me/config.toml, line 3")
		u.press("esc")
		p.broken = nil
		u.press("f9")
		u.misses("cannot be read")
	}, with(p))
}

func TestBridges(t *testing.T) {
	p := &preferences{refuses: "nonsense"}
	in(t, 100, 30, town(t), func(u *ui) {
		bridges := func(want ...string) {
			t.Helper()
			if got := p.file["tor.bridges"]; got != strings.Join(want, "\n") {
				t.Errorf("the bridges are %q, want %q", got, want)
			}
		}
		const one, two, three = "192.0.2.1:1", "192.0.2.2:2", "obfs4 192.0.2.3:3 cert=x"
		command(u, "bridge "+one)
		command(u, "bridge "+two)
		bridges(one, two)
		command(u, "bridge "+one)
		u.sees("there already")
		command(u, "bridge")
		u.sees(one, two, "add", "remove")
		u.press("a")
		u.typed("nonsense")
		u.press("enter")
		u.sees("> nonsense", "Not changed")
		u.press("ctrl+u")
		u.typed(three)
		u.press("enter")
		bridges(one, two, three)
		u.press("down", "x")
		u.sees("Remove " + two)
		u.press("n")
		bridges(one, two, three)
		u.press("x", "y")
		bridges(one, three)
		u.send(paste("192.0.2.7:7\n192.0.2.8:8\n"))
		bridges(one, three, "192.0.2.7:7", "192.0.2.8:8")
		u.press("esc")
		command(u, "settings tor.bridges 192.0.2.9:9")
		u.sees("takes away what is set")
		u.press("esc")
		bridges(one, three, "192.0.2.7:7", "192.0.2.8:8")
		command(u, "bridge off")
		u.sees("takes away what is set")
		u.press("y")
		bridges()
	}, with(p))
}

// Where Tor is blocked, a bridge is set where that is said.
func TestBridgeFromStatus(t *testing.T) {
	blocked := func() *apitest.Fake {
		f := village()
		f.SetStatus(func(s *rpc.Status) { s.Bootstrap, s.BootstrapWarning = 10, "Connection refused" })
		return f
	}
	p := &preferences{}
	in(t, 100, 30, blocked, func(u *ui) {
		u.sees("Tor is stuck at 10%", "F8")
		u.press("f8")
		u.sees("b here to set it", "b set a bridge")
		u.press("b")
		u.sees("Settings: tor.bridges", "There are none")
		u.send(paste("192.0.2.7:443"))
		u.press("enter")
		u.sees("holds from the next start on")
		if p.file["tor.bridges"] != "192.0.2.7:443" {
			t.Errorf("kept %q", p.file)
		}
		u.press("esc", "esc")
		u.misses("Status")
	}, with(p))
	in(t, 100, 30, blocked, func(u *ui) { // without files there is nothing to set
		u.press("f8", "b", "esc", "esc")
		u.misses("Settings")
	})
}

// Other keys hold at once, in the help and in the hints, and are kept.
func TestKeysChange(t *testing.T) {
	p := &preferences{}
	in(t, 100, 30, town(t), func(u *ui) {
		command(u, "keys")
		u.typed("go to a conversation")
		u.press("enter")
		u.sees("Press the key for: go to a conversation")
		u.press("x")
		u.sees("x writes a character")
		u.press("ctrl+f")
		u.sees("Ctrl+F for: go to a conversation", "It is taken from: search")
		u.press("enter")
		u.sees("Ctrl+F is taken from \"search\"")
		if len(p.file) != 0 {
			t.Errorf("taken without an answer: %q", p.file)
		}
		u.press("y")
		if p.file["keys.go-to"] != "ctrl+f" || p.file["keys.search"] != "" {
			t.Errorf("kept %q", p.file)
		}
		u.press("esc", "esc")
		u.press("ctrl+f")
		u.sees("Name of the conversation")
		u.press("esc", "ctrl+k")
		u.misses("Name of the conversation")
		command(u, "keys")
		u.typed("go-to")
		u.press("alt+a", "f12", "enter")
		if p.file["keys.go-to"] != "ctrl+f\nf12" {
			t.Errorf("kept %q", p.file["keys.go-to"])
		}
		u.press("alt+x")
		u.sees("As it comes: Ctrl+K")
		u.press("alt+d")
		if _, set := p.file["keys.go-to"]; set {
			t.Error("it is still set")
		}
		u.press("esc", "ctrl+k")
		u.sees("Name of the conversation")
	}, with(p))
}

// Keys that were taken come back to those that had them, with those that the action comes
// with.
func TestKeysComeBack(t *testing.T) {
	p := &preferences{}
	in(t, 100, 30, town(t), func(u *ui) {
		command(u, "keys")
		u.typed("help;")
		u.press("enter", "ctrl+n", "enter", "y")
		if v, set := p.file["keys.item-down"]; p.file["keys.help"] != "ctrl+n" || v != "down" || !set {
			t.Errorf("kept %q", p.file)
		}
		u.press("alt+d")
		if len(p.file) != 0 {
			t.Errorf("kept %q", p.file)
		}
	}, with(p))
}

// Keys can be pressed that end the program otherwise, and what is needed keeps one.
func TestKeysThatAreNeeded(t *testing.T) {
	p := &preferences{}
	in(t, 100, 30, town(t), func(u *ui) {
		command(u, "keys")
		u.typed("lock")
		for range 5 {
			if strings.Contains(u.screen(), "keys.lock)") {
				break
			}
			u.press("down")
		}
		u.press("enter", "ctrl+q")
		u.sees("It is taken from: quit")
		u.press("enter")
		u.sees("needs a key")
		if u.quit || len(p.file) != 0 {
			t.Errorf("quit %t, kept %q", u.quit, p.file)
		}
		u.press("enter")
		u.send(tea.MouseWheelMsg{X: 50, Y: 15, Button: tea.MouseWheelDown}) // is no key
		u.sees("Press the key")
		u.press("esc")
		u.misses("Press the key")
		u.press("enter", "ctrl+c") // as Esc
		u.misses("Press the key", "again to quit")
	}, with(p))
}

// A question mark is help wherever it is not written.
func TestQuestionMarkIsHelp(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		for _, key := range []string{"f2", "f5", "f6", "f8", "f9"} {
			u.press(key)
			u.typed("?")
			u.sees("Write a message and press")
			u.press("esc", "esc")
			u.sees("Alice")
		}
		for _, key := range []string{"f3", "ctrl+f", "ctrl+k", "ctrl+p"} {
			u.press(key)
			u.typed("?")
			u.sees("?")
			u.misses("Write a message and press")
			u.press("esc")
		}
	})
}

// TestHelpHasEveryKey compares the help with the bindings, as they come and after some were
// changed.
func TestHelpHasEveryKey(t *testing.T) {
	other := map[string][]string{"go-to": {"ctrl+g"}, "quit": {"f10"}, "send": {"ctrl+s"}, "new-line": {"enter"}, "mute": {}}
	for _, changed := range []map[string][]string{nil, other} {
		in(t, 100, 400, town(t), func(u *ui) {
			u.press("f1")
			bindings, problems := keys.Default().Rebind(changed)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for _, b := range bindings.Bindings() {
				if len(b.Keys) > 0 {
					u.sees(b.Names(), b.Help)
				}
			}
			u.press("esc")
			if changed == nil {
				return
			}
			u.misses(" Ctrl+K ")
			u.press("ctrl+g")
			u.sees("Name of the conversation")
		}, func(o *tui.Options) { o.Keys = changed })
	}
}
