package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

func suspendable(o *tui.Options) { o.Suspendable = func() bool { return true } }

// Nothing is on the screen that is painted first when the program goes on.
func TestSuspend(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		talkTo(u, "Bob")
		u.typed("half a sentence")
		u.press("ctrl+z")
		if !u.suspended {
			t.Error("the terminal is not given to the shell")
		}
		u.misses("Alice", "Bob", "half", "F1")
		u.send(tea.ResumeMsg{})
		u.sees("Alice", "› half a sentence")
	}, suspendable)
}

func TestSuspendWithoutShell(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("ctrl+z")
		u.sees("there is no shell", "Alice")
		if u.suspended {
			t.Error("the terminal is given to nobody")
		}
	})
}

// Who comes back too late has to unlock, and sees nothing before.
func TestSuspendForLong(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		unlock(u, "secret")
		u.press("ctrl+z")
		u.api.Pass(2 * time.Minute)
		u.take(tea.ResumeMsg{})
		u.misses("Alice", "F1")
		u.settle()
		u.sees("Passphrase of the profile")
		u.misses("Alice")
	}, sealed, suspendable, func(o *tui.Options) { o.LockAfter = time.Minute })
}

// A profile that cannot be locked is seen again.
func TestSuspendForLongWithoutPassphrase(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("ctrl+z")
		u.api.Pass(2 * time.Minute)
		u.send(tea.ResumeMsg{})
		u.sees("Alice")
	}, suspendable, func(o *tui.Options) { o.LockAfter = time.Minute })
}

func TestSuspendLocked(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.typed("sec")
		u.press("ctrl+z")
		u.misses("•")
		u.send(tea.ResumeMsg{})
		u.sees("Passphrase of the profile", "•••")
	}, sealed, suspendable)
}
