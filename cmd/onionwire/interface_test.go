//go:build !windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// terminal is a terminal of tmux in which somebody uses the interface.
type terminal struct {
	*clitest.Box
	t      *testing.T
	socket string
}

// use starts the program without a command, in a terminal.
func use(t *testing.T, name string) *terminal {
	t.Helper()
	return useAt(t, name, clitest.NewBox(t), interfaceOn(clitest.Network(t).TorrcFile()))
}

// interfaceOn is the command that shows the interface, with a fragment of a torrc, and then
// how it has ended.
func interfaceOn(torrc string) string {
	return "onionwire --tor-network \"" + torrc + "\"; echo it has ended with $?; read -r _"
}

// useAt runs a command in a terminal.
func useAt(t *testing.T, name string, box *clitest.Box, command string) *terminal {
	t.Helper()
	dir, err := os.MkdirTemp("", "ow-tmux-") // a short path, and not in the box: tmux leaves its socket
	if err != nil {
		t.Fatal(err)
	}
	u := &terminal{Box: box, t: t, socket: filepath.Join(dir, name)}
	u.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", command)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s sees:\n%s", name, u.screen())
			u.press("C-q")
			time.Sleep(time.Second)
		}
		u.tmux("kill-server")
		os.RemoveAll(dir)
	})
	return u
}

func (u *terminal) tmux(args ...string) string {
	u.t.Helper()
	c := exec.Command("tmux", append([]string{"-u", "-S", u.socket}, args...)...)
	c.Env = append(u.Environ(), "TERM=xterm-256color", "TMUX=")
	out, err := c.CombinedOutput()
	if err != nil {
		u.t.Fatalf("tmux %s: %v: %s", args[0], err, out)
	}
	return string(out)
}

func (u *terminal) screen() string { return u.tmux("capture-pane", "-p") }

// press presses keys by tmux's names for them.
func (u *terminal) press(keys ...string) { u.tmux(append([]string{"send-keys"}, keys...)...) }

// types types a text and Enter.
func (u *terminal) types(text string) {
	u.tmux("send-keys", "-l", text)
	u.press("Enter")
}

// sees waits until a text is on the screen.
func (u *terminal) sees(text string) {
	u.t.Helper()
	for began := time.Now(); !strings.Contains(u.screen(), text); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > clitest.Soon {
			u.t.Fatalf("%q is not on the screen", text)
		}
	}
}

// setUp answers the questions of the first run.
func (u *terminal) setUp(name string) {
	u.t.Helper()
	u.sees("Welcome to Onionwire")
	u.press("Enter")
	u.sees("Your name")
	u.types(name)
	u.sees("Everything that is kept")
	u.types("correct horse battery")
	u.sees("once more")
	u.types("correct horse battery")
	u.sees("Write these words on paper")
	u.press("Escape")
	u.sees("Type skip")
	u.types("skip")
	u.sees("No conversations yet")
}

// Two people who have never used the program get to know each other over Tor, talk, and send
// a file, with nothing but their keyboards.
func TestInterfaceFromFirstRunToFile(t *testing.T) {
	t.Parallel()
	alice, bob := use(t, "alice"), use(t, "bob")
	alice.setUp("Alice")
	bob.setUp("Bob")
	alice.sees("● reachable")
	bob.sees("● reachable")

	alice.press("F3")
	alice.sees("Add")
	alice.tmux("send-keys", "-l", strings.TrimSpace(bob.Run(0, "link").Out.Await(t, "onionwire:")))
	alice.press("Tab", "C-u")
	alice.types("Robert")
	alice.types("We met at the market")
	alice.sees("Robert")

	bob.sees("1 request")
	bob.press("F5")
	bob.sees("We met at the market")
	bob.press("a")
	bob.sees("Alice")
	alice.sees("● online")

	alice.types("Hello Bob")
	bob.sees("Hello Bob")
	bob.press("C-End")   // somebody is there
	alice.sees("◉ read") // it may not be shown as delivered before: Bob is looking
	bob.types("Hello Alice, how are you?")
	alice.sees("how are you?")

	file := alice.File("recipe.txt", strings.Repeat("flour, water, salt\n", 10_000))
	alice.types("/file " + file)
	bob.sees("recipe.txt")
	bob.press("C-Up")
	bob.sees("s accept")
	bob.press("s")
	bob.sees("saved as")
	alice.sees("arrived")
	sent, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := bob.received("recipe.txt"); got != string(sent) {
		t.Errorf("the file that has arrived has %d bytes", len(got))
	}
	for _, u := range []*terminal{alice, bob} {
		u.press("C-q")
		u.sees("it has ended with 0")
	}
}

// received returns the content of a file that has come, wherever it was put.
func (u *terminal) received(name string) (content string) {
	u.t.Helper()
	_ = filepath.WalkDir(u.Home, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Name() == name {
			b, _ := os.ReadFile(path)
			content = string(b)
		}
		return nil
	})
	return content
}
