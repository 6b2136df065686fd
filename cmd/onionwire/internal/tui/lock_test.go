package tui_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

func sealed(o *tui.Options) { o.Backend.(*backend).passphrase = "secret" }

func unlock(u *ui, passphrase string) {
	u.typed(passphrase)
	u.press("enter")
}

func TestScreenOfPassphrase(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			in(t, size.w, size.h, village, func(u *ui) {
				u.typed("sec")
				u.golden("passphrase-" + size.name)
				u.press("enter")
				u.golden("passphrase-wrong-" + size.name)
			}, sealed)
		})
	}
}

func TestPassphrase(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.sees("Passphrase of the profile")
		unlock(u, "wrong")
		u.sees("This is not the passphrase")
		u.misses("wrong")
		u.typed("secrex")
		u.press("backspace")
		unlock(u, "t")
		u.sees("Alice", "Choose a conversation")
	}, sealed)
}

// TestLock: nothing of what was there is on the screen or in the interface, the node is
// given back, and what was being written is kept.
func TestLock(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		unlock(u, "secret")
		talkTo(u, "Bob")
		u.typed("not sent yet")
		u.press("f5", "alt+l")
		u.sees("Passphrase of the profile")
		u.misses("Alice", "Bob", "hello", "not sent yet", "Mallory", "Requests")
		if u.backend.closed != 1 {
			t.Errorf("given back %d times", u.backend.closed)
		}
		if draft, err := u.api.Draft(ctx, conversationOf(u.api, "Bob")); err != nil || draft != "not sent yet" {
			t.Errorf("kept the draft %q, %v", draft, err)
		}
		u.press("f1", "esc", "ctrl+k", "f2")
		u.misses("Alice", "My contact link")
		u.press("ctrl+u")
		unlock(u, "secret")
		u.sees("Alice", "Bob", "› not sent yet") // as it was
		u.press("ctrl+p", "backspace", "up")
		u.misses("/lock")
	}, sealed)
}

func TestLockAfterIdleness(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		unlock(u, "secret")
		u.pass(50 * time.Second)
		u.press("alt+down")
		u.pass(50 * time.Second)
		u.sees("Alice")
		u.pass(15 * time.Second)
		u.sees("Passphrase of the profile")
		u.misses("Alice")
	}, sealed, func(o *tui.Options) { o.LockAfter = time.Minute })
}

// A lock without a passphrase would be none.
func TestNoLockWithoutPassphrase(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.pass(3 * time.Minute)
		u.misses("no lock") // nobody has asked for one
		u.press("alt+l")
		u.sees("Alice", "no passphrase")
	}, func(o *tui.Options) { o.LockAfter = time.Minute })
}

// slowed makes a node one of whose methods waits for release, and which may be full.
func slowed(release *chan struct{}, method string, full bool) func() *apitest.Fake {
	return func() *apitest.Fake {
		f, slow := village(), make(chan struct{})
		*release = slow
		f.Fail = func(called string) error {
			if called == method {
				<-slow
			}
			if called == "Send" && full {
				return rpc.ErrFull
			}
			return nil
		}
		return f
	}
}

// What was sent a moment before is sent, and its result does not unlock anything.
func TestLockAfterSending(t *testing.T) {
	var release chan struct{}
	in(t, 80, 24, slowed(&release, "Typing", false), func(u *ui) {
		unlock(u, "secret")
		talkTo(u, "Alice")
		before := u.api.Calls("Send")
		u.typed("one more thing")
		u.press("enter")
		u.press("alt+l")
		close(release)
		u.settle()
		u.sees("Passphrase of the profile")
		u.misses("Bob", "one more thing")
		if n := u.api.Calls("Send") - before; n != 1 {
			t.Errorf("%d messages were sent", n)
		}
	}, sealed)
}

func TestLockFails(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		unlock(u, "secret")
		u.backend.fail = errors.New("no such\x1b[31m profile")
		u.press("alt+l")
		u.sees("not locked: no such␛[31m profile")
	}, sealed)
}

// A passphrase that somebody pastes is taken; one of several lines is none.
func TestPassphraseIsPasted(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.send(tea.PasteMsg{Content: "one\ntwo"})
		u.sees("has several lines")
		u.send(tea.PasteMsg{Content: strings.Repeat("x", 100_000)})
		u.sees("too long")
		u.send(tea.PasteMsg{Content: "secret\n"})
		u.press("enter")
		u.sees("Alice")
	}, sealed)
}

// What could not be sent any more is there as a draft.
func TestLockKeepsWhatWasNotSent(t *testing.T) {
	var release chan struct{}
	in(t, 80, 24, slowed(&release, "Typing", true), func(u *ui) {
		unlock(u, "secret")
		talkTo(u, "Alice")
		u.typed("one more thing")
		u.press("enter")
		u.press("alt+l")
		u.sees("Locking")
		close(release)
		u.settle()
		unlock(u, "secret")
		talkTo(u, "Alice")
		u.sees("one more thing")
	}, sealed)
}

// What was being sent, and failed after the screen was empty, is there as a draft, once.
func TestLockKeepsWhatWasBeingSent(t *testing.T) {
	var release chan struct{}
	in(t, 80, 24, slowed(&release, "Send", true), func(u *ui) {
		unlock(u, "secret")
		talkTo(u, "Bob")
		u.typed("one")
		u.press("enter")
		u.typed("two")
		u.press("enter")
		u.typed("three")
		u.press("alt+l")
		u.sees("Locking")
		close(release)
		u.settle()
		if draft, err := u.api.Draft(ctx, conversationOf(u.api, "Bob")); err != nil || draft != "one\ntwo\nthree" {
			t.Errorf("kept the draft %q, %v", draft, err)
		}
	}, sealed)
}
