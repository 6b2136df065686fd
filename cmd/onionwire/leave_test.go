//go:build !windows

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

const (
	hostPassphrase = "glacier umbrella 9042"
	hostMessage    = "the zebra sleeps under the piano"
	hostDraft      = "half a parcel of juniper"
)

// newHost makes a profile with a passphrase and a conversation that has one message.
func newHost(t *testing.T) *clitest.Box {
	t.Helper()
	box := clitest.NewBox(t)
	box.Setenv("TORRC", box.Offline()) // tmux, which outlives a test for a moment, does not name the box
	with := []string{"--passphrase-file", box.File("passphrase", hostPassphrase+"\n")}
	box.Run(0, append([]string{"init"}, with...)...)
	box.Run(0, append([]string{"add", clitest.Nobody, "--alias", "Bob"}, with...)...)
	box.Run(0, append([]string{"send", "Bob", hostMessage}, with...)...)
	return box
}

// unlock opens the profile of a host, and its conversation.
func (u *terminal) unlock() {
	u.t.Helper()
	u.sees("Passphrase of the profile")
	u.types(hostPassphrase)
	for began := time.Now(); !strings.Contains(u.screen(), hostMessage); time.Sleep(50 * time.Millisecond) {
		if strings.Contains(u.screen(), "Choose a conversation") { // none was open the last time
			u.press("M-Down")
		}
		if time.Since(began) > clitest.Soon {
			u.t.Fatal("the conversation is not opened")
		}
	}
}

// write writes without sending.
func (u *terminal) write(text string) {
	u.t.Helper()
	u.tmux("send-keys", "-l", text)
	u.sees(text)
}

// misses fails the test if a text is on the screen.
func (u *terminal) misses(texts ...string) {
	u.t.Helper()
	for _, text := range texts {
		if screen := u.screen(); strings.Contains(screen, text) {
			u.t.Errorf("%q is on the screen:\n%s", text, screen)
		}
	}
}

// loses waits until a text is not on the screen any more.
func (u *terminal) loses(text string) {
	u.t.Helper()
	for began := time.Now(); strings.Contains(u.screen(), text); {
		if time.Since(began) > clitest.Soon {
			u.t.Fatalf("%q stays on the screen", text)
		}
	}
}

// TestSuspendAndResume: the shell has a terminal that works and shows nothing, and what was
// on the screen comes back.
func TestSuspendAndResume(t *testing.T) {
	t.Parallel()
	box := newHost(t)
	box.Setenv("PS1", "$ ")
	u := useAt(t, "suspended", box, "sh -i")
	u.types("onionwire --tor-network $TORRC")
	u.unlock()
	u.write(hostDraft)
	u.press("C-z")
	u.sees("Stopped")
	u.misses(hostMessage, hostDraft)
	u.types("echo modes=$(stty -a | tr ' ;' '\\n\\n' | grep -x -c -e icanon -e echo -e isig -e opost)")
	u.sees("modes=4")
	u.types("clear; fg") // what the shell says the next time is new
	u.sees(hostDraft)
	u.sees(hostMessage)
	u.press("M-l")
	u.sees("While it is locked")
	u.press("C-z")
	u.sees("Stopped")
	u.types("fg")
	u.unlock()
	u.sees(hostDraft)
	u.press("C-q")
	u.loses(hostDraft)
	u.types("echo it has ended with $?")
	u.sees("it has ended with 0")
}

// TestTerminalGoes: a draft outlives the window that it was written in.
func TestTerminalGoes(t *testing.T) {
	t.Parallel()
	box := newHost(t)
	command := interfaceOn("$TORRC")
	u := useAt(t, "closed", box, command)
	u.unlock()
	u.write(hostDraft)
	u.tmux("respawn-pane", "-k", command)
	u.unlock()
	u.sees(hostDraft)
	u.press("C-u", "C-q")
	u.sees("it has ended with 0")
}

// TestTypedWhileLocking: what is typed before the passphrase is asked for is the passphrase,
// and is not shown meanwhile.
func TestTypedWhileLocking(t *testing.T) {
	t.Parallel()
	box := newHost(t)
	u := useAt(t, "locking", box, interfaceOn("$TORRC"))
	u.unlock()
	u.press("M-l")
	u.loses(hostMessage)
	u.types(hostPassphrase)
	for range 20 {
		u.misses("glacier", "9042")
	}
	u.sees(hostMessage)
	u.press("C-q")
	u.sees("it has ended with 0")
}
