package keys_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

func TestFind(t *testing.T) {
	m := keys.Default()
	for _, c := range []struct {
		where   keys.Where
		pressed string
		want    keys.Action
		more    bool
	}{
		{keys.Composer, "enter", keys.Send, false},
		{keys.Composer, "ctrl+j", keys.NewLine, false},
		{keys.Composer, "ctrl+x", "", true},
		{keys.Composer, "ctrl+x ctrl+e", keys.Editor, false},
		{keys.Composer, "ctrl+x ctrl+f", "", false},
		{keys.Composer, "ctrl+q", keys.Quit, false},
		{keys.Dialog, "ctrl+q", keys.Quit, false},
		{keys.Dialog, "esc", keys.Close, false},
		{keys.Selection, "c", keys.CopyMessage, false},
		{keys.Composer, "c", "", false},
		{keys.Composer, "alt+7", keys.Tab(7), false},
	} {
		if a, more := m.Find(c.where, c.pressed); a != c.want || more != c.more {
			t.Errorf("%s in %s: %q, %t", c.pressed, c.where, a, more)
		}
	}
}

// No two actions have the same key in one place, and every action says what it does.
func TestDefault(t *testing.T) {
	seen := map[string]keys.Action{}
	names := map[keys.Action]bool{}
	for _, b := range keys.Default().Bindings() {
		if b.Help == "" || names[b.Action] {
			t.Errorf("%s has no help, or is there twice", b.Action)
		}
		names[b.Action] = true
		for _, k := range b.Keys {
			if parsed, err := keys.Parse(k); err != nil || parsed != k {
				t.Errorf("%q is %q, %v", k, parsed, err)
			}
			for _, where := range []keys.Where{b.Where, keys.Everywhere} {
				if other, taken := seen[string(where)+k]; taken {
					t.Errorf("%s is for %s and %s", k, other, b.Action)
				}
			}
			seen[string(b.Where)+k] = b.Action
		}
	}
}

// TestConflicts has those of the same place, of places beside it, and of keys that begin
// alike.
func TestConflicts(t *testing.T) {
	m := keys.Default()
	for _, b := range m.Bindings() {
		for _, k := range b.Keys {
			if others := m.Conflicts(b.Action, k); len(others) > 0 {
				t.Errorf("%s is for %s, and as it comes for %s too", k, b.Action, others[0].Action)
			}
		}
	}
	for _, c := range []struct {
		action keys.Action
		key    string
		want   []keys.Action
	}{
		{keys.GoTo, "ctrl+f", []keys.Action{keys.Search}},
		{keys.GoTo, "ctrl+x", []keys.Action{keys.Editor}},
		{keys.GoTo, "ctrl+p ctrl+g", []keys.Action{keys.Console}},
		{keys.GoTo, "esc", []keys.Action{keys.Cancel}},
		{keys.GoTo, "ctrl+q", []keys.Action{keys.Quit}},
		{keys.Quit, "enter", []keys.Action{keys.Send, keys.SaveFile, keys.Confirm}},
		{keys.AcceptRequest, "enter", []keys.Action{keys.Confirm}},
		{keys.Confirm, "a", []keys.Action{keys.AcceptRequest, keys.AcceptFile, keys.AddValue}},
		{keys.AcceptRequest, "p", nil},
		{keys.GoTo, "f12", nil},
		{"fly", "enter", nil},
	} {
		var got []keys.Action
		for _, b := range m.Conflicts(c.action, c.key) {
			got = append(got, b.Action)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s for %s: %q, want %q", c.key, c.action, got, c.want)
		}
	}
	_, problems := m.Rebind(map[string][]string{"search": {"ctrl+x"}})
	if len(problems) != 1 || !strings.Contains(problems[0], "begin alike") {
		t.Errorf("problems: %q", problems)
	}
}

// TestTaken: what an action has taken is named, and what somebody took away or gave to a
// third one is not.
func TestTaken(t *testing.T) {
	m, _ := keys.Default().Rebind(map[string][]string{
		"help": {"down", "esc"}, "item-down": {"ctrl+n"}, "history-on": {}, "cancel": {}, "select-down": {"j"},
		"close": {"f10"}, "mute": {}, "select-end": {"q"},
	})
	got := m.Taken(keys.Help)
	for action, want := range map[keys.Action]string{
		keys.ItemDown: "ctrl+n down", keys.HistoryOn: "down", keys.Cancel: "esc", keys.SelectDown: "j down",
		keys.Close: "f10 esc", keys.SelectEnd: "q esc",
	} {
		if has := strings.Join(got[action], " "); has != want {
			t.Errorf("%s would have %q, want %q", action, has, want)
		}
		delete(got, action)
	}
	if len(got) != 0 {
		t.Errorf("too many: %q", got)
	}
}

func TestWrites(t *testing.T) {
	for key, want := range map[string]bool{
		"a": true, "?": true, "space": true, "shift+a": true, "é": true, "a b": true,
		"ctrl+a": false, "alt+a": false, "f1": false, "enter": false, "shift+up": false, "ctrl+x a": false, "ctrl+shift+a": false,
	} {
		if got := keys.Writes(key); got != want {
			t.Errorf("%s writes a character: %t", key, got)
		}
	}
}

// TestTake: no key is taken from those who write, and lists and selected messages may have
// any.
func TestTake(t *testing.T) {
	m := keys.Default()
	for action, free := range map[keys.Action]bool{
		keys.Send: false, keys.Quit: false, keys.Confirm: false, keys.SameNumber: false, keys.AddKey: false,
		keys.Reply: true, keys.AcceptFile: true,
	} {
		b, _ := m.Binding(action)
		if _, err := b.Take("a"); errors.Is(err, keys.ErrWrites) == free {
			t.Errorf("a for %s: %v", action, err)
		}
		if k, err := b.Take("Ctrl+A"); k != "ctrl+a" || err != nil {
			t.Errorf("Ctrl+A for %s: %q, %v", action, k, err)
		}
	}
	m, problems := m.Rebind(map[string][]string{"send": {"a", "ctrl+s"}})
	if a, _ := m.Find(keys.Composer, "a"); a != "" || len(problems) != 1 {
		t.Errorf("a is for %q, %q", a, problems)
	}
}

func TestRebind(t *testing.T) {
	m, problems := keys.Default().Rebind(map[string][]string{
		"send": {"Ctrl+S"}, "new-line": {"enter"}, "quit": {}, "fly": {"f12"}, "search": {"hyper+x"}, "go-to": {"ctrl+n"},
	})
	if a, _ := m.Find(keys.Composer, "ctrl+s"); a != keys.Send {
		t.Errorf("ctrl+s is %q", a)
	}
	if a, _ := m.Find(keys.Composer, "enter"); a != keys.NewLine {
		t.Errorf("enter is %q", a)
	}
	if a, _ := m.Find(keys.Composer, "ctrl+q"); a != "" {
		t.Errorf("ctrl+q is %q", a)
	}
	if a, _ := m.Find(keys.Composer, "ctrl+n"); a != keys.GoTo {
		t.Errorf("ctrl+n is %q", a)
	}
	all := strings.Join(problems, "\n")
	for _, want := range []string{`no action "fly"`, "search: ", "modifiers"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q does not say %q", all, want)
		}
	}
	if strings.Contains(all, "Ctrl+N") {
		t.Errorf("a key of dialogs is no conflict: %q", all)
	}
	_, problems = keys.Default().Rebind(map[string][]string{"search": {"ctrl+k"}})
	if !slices.Contains(problems, "keys: Ctrl+K is for both go-to and search") {
		t.Errorf("conflicts: %q", problems)
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"Ctrl+K": "ctrl+k", "ALT+Enter": "alt+enter", "shift+alt+up": "alt+shift+up", "F12": "f12", "?": "?", "G": "G",
		"ctrl+x  ctrl+e": "ctrl+x ctrl+e", "ctrl++": "ctrl++",
	} {
		if got, err := keys.Parse(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "   ", "hyper+a", "ctrl+ctrl+a", "f99", "escape-key", "ctrl+"} {
		if got, err := keys.Parse(in); err == nil {
			t.Errorf("%q is %q", in, got)
		}
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"ctrl+k": "Ctrl+K", "alt+enter": "Alt+Enter", "ctrl+x ctrl+e": "Ctrl+X Ctrl+E", "f1": "F1", "c": "c", "pgdown": "PgDn",
		"ctrl++": "Ctrl++",
	} {
		if got := keys.Name(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"ctrl+k", "f1", "ctrl+x ctrl+e", "+", "++", "alt++", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := keys.Parse(s)
		if err != nil {
			return
		}
		if again, err := keys.Parse(k); again != k || err != nil {
			t.Errorf("%q becomes %q, %v", k, again, err)
		}
		_ = keys.Name(k)
	})
}
