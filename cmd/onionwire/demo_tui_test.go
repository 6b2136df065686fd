//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// TestDemoInterfaces: both interfaces are there, Bob's has Alice's request, and nothing is
// left of them when the user leaves.
func TestDemoInterfaces(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	box.Setenv("TERM", "xterm-256color")
	box.Setenv("TMUX", "")
	p := box.StartAtTerminal("demo", "--tui")
	p.Out.Await(t, "He can be")
	tmux := func(args ...string) (string, error) {
		found, err := filepath.Glob(filepath.Join(box.Temp, "onionwire-demo-*", "tmux"))
		if err != nil || len(found) != 1 {
			return "", err
		}
		out, err := exec.Command("tmux", append([]string{"-S", found[0]}, args...)...).CombinedOutput()
		return string(out), err
	}
	t.Cleanup(func() { _, _ = tmux("kill-server") }) // which outlives a test that fails
	sees := func(pane, text string) {
		t.Helper()
		var screen string
		for began := time.Now(); !strings.Contains(screen, text); time.Sleep(100 * time.Millisecond) {
			if time.Since(began) > clitest.Soon {
				t.Fatalf("%q is not on screen %s:\n%s", text, pane, screen)
			}
			screen, _ = tmux("capture-pane", "-p", "-t", "demo:0."+pane) // before it is there, too
		}
	}
	if out, err := tmux("resize-window", "-t", "demo", "-x", "80", "-y", "50"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sees("0", "Bob")
	sees("1", "1 request")
	if out, err := tmux("detach-client", "-s", "demo"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.WantStatus(0, clitest.EndTime)
	box.WantClean()
}
