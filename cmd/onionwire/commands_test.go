package main

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// TestEveryHelp: all help texts list the exit statuses, and all commands speak JSON.
func TestEveryHelp(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		if c.Hidden {
			return
		}
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		text := box.Run(0, args...).Out.String()
		for _, want := range []string{"EXIT STATUS", "  0    ", "  1    ", "  2    ", "  3    ", "  4    ", "  5    ", "  6    ", "  130  ", "--json"} {
			if !strings.Contains(text, want) {
				t.Errorf("the help text of %q has no %q", c.CommandPath(), want)
			}
		}
		for line := range strings.Lines(c.Long) {
			if len([]rune(line)) > 91 {
				t.Errorf("the help text of %q has a line of %d characters", c.CommandPath(), len([]rune(line)))
			}
		}
		if strings.Contains(c.Long+c.Short, "!") {
			t.Errorf("the help text of %q is excited", c.CommandPath())
		}
	}
	visit(newRoot())
}

// TestCommandsThatThereAre: no command goes missing.
func TestCommandsThatThereAre(t *testing.T) {
	var names []string
	for _, c := range newRoot().Commands() {
		names = append(names, c.Name())
	}
	for _, name := range strings.Fields(`init id link contacts requests add accept reject block unblock verify rename mute unmute send
		receive history search message file settings timer expire ask forget address status ping serve token passphrase export import restore words doctor testnet demo man call chat`) {
		if !slices.Contains(names, name) {
			t.Errorf("there is no command %s", name)
		}
	}
}

// TestInterruptedWaits: what waits ends at once when it is told to, and leaves nothing;
// receive has no other end.
func TestInterruptedWaits(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"receive":         {[]string{"receive"}, 0, ""},
		"receive so many": {[]string{"receive", "--count", "1"}, 130, "interrupted"},
		"send":            {[]string{"send", "Carol", "hi", "--wait", "delivered"}, 130, "interrupted"},
		"ping":            {[]string{"ping", "Carol"}, 130, "interrupted"},
		"as JSON":         {[]string{"ping", "Carol", "--json"}, 130, `{"error":{"code":"interrupted"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSomeone(t)
			s.Run(0, "add", clitest.Nobody, "--alias", "Carol")
			p := s.Start(append(tc.args, "--tor-network", s.Offline())...)
			if tc.args[len(tc.args)-1] == "--json" {
				for s.Run(0, "contacts", "--json"); len(s.Processes()) == 0; {
				}
			} else {
				p.Err.Await(t, "tor 0%")
			}
			// Others use the node meanwhile.
			if out := s.Run(0, "contacts").Out.String(); !strings.Contains(out, "Carol") {
				t.Errorf("others get %q", out)
			}
			p.End(syscall.SIGINT, tc.status)
			if !strings.Contains(p.Err.String(), tc.says) {
				t.Errorf("standard error does not have %q", tc.says)
			}
		})
	}
}
