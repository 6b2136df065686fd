package console_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
)

// Each command is explained, and its examples are lines of it.
func TestHelpOfEveryCommand(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range console.Commands() {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
			if found, ok := console.Find(name); !ok || found.Name != c.Name {
				t.Errorf("%s is not found", name)
			}
		}
		if !slices.Contains(console.Groups, c.Group) {
			t.Errorf("%s is in group %q", c.Name, c.Group)
		}
		if c.Summary == "" || c.Help == "" || strings.HasSuffix(c.Summary, ".") || !strings.HasSuffix(c.Help, ".") {
			t.Errorf("%s: summary %q, help %q", c.Name, c.Summary, c.Help)
		}
		page := c.Page()
		for _, want := range append(c.Examples, c.Usage(), c.Summary) {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", c.Name, want)
			}
		}
		for _, line := range c.Examples {
			if call, err := console.Parse(line); err != nil || call.Command.Name != c.Name {
				t.Errorf("example %q is %s, %v", line, call.Command.Name, err)
			}
		}
	}
}

// A Rest can only be the last argument, and what is optional must not be behind it.
func TestArgumentsCanBeTold(t *testing.T) {
	for _, c := range console.Commands() {
		for i, a := range c.Args {
			if a.Kind == console.Rest && i != len(c.Args)-1 {
				t.Errorf("%s: %s is not the last", c.Name, a.Name)
			}
			if a.Kind == console.Choice && len(a.Choices) == 0 {
				t.Errorf("%s: nothing to choose", c.Name)
			}
		}
	}
}

func TestCommandsAreACopy(t *testing.T) {
	console.Commands()[0].Name = "changed"
	if console.Commands()[0].Name == "changed" {
		t.Error("the table was changed")
	}
}

func TestSimilar(t *testing.T) {
	for name, want := range map[string]string{
		"serach": "search", "setings": "settings", "hlep": "help", "ver": "verify", "exti": "quit", "zzz": "", "": "", "mutt": "mute",
	} {
		if got := console.Similar(name); got != want {
			t.Errorf("%q is similar to %q, want %q", name, got, want)
		}
	}
	if _, err := console.Parse("/"); !errors.Is(err, console.ErrEmpty) {
		t.Error(err)
	}
}
