package tui_test

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

// opensWhen has the profile open when a test says so.
func opensWhen(release *chan struct{}) func(o *tui.Options) {
	return func(o *tui.Options) {
		*release = make(chan struct{})
		o.Backend.(*backend).slow = *release
	}
}

// What is typed before the passphrase is asked for is the passphrase.
func TestTypedBeforeItIsAsked(t *testing.T) {
	var release chan struct{}
	in(t, 80, 24, village, func(u *ui) {
		u.sees("Opening the profile")
		u.typed("sec")
		u.send(tea.PasteMsg{Content: "ret"})
		u.press("enter")
		u.typed("hello") // to whom is not known yet
		close(release)
		u.settle()
		u.sees("Choose a conversation")
		u.press("alt+down")
		u.misses("› hello")
	}, sealed, opensWhen(&release))
}

// What is typed while a passphrase is tried is the next one, if one is needed.
func TestTypedWhileItIsChecked(t *testing.T) {
	for name, tc := range map[string]struct {
		first  string
		during func(u *ui)
		after  func(u *ui)
	}{
		"it was right": {"secret", func(u *ui) { u.typed("hello") }, func(u *ui) {}},
		"it was wrong": {"secrte", func(u *ui) { u.typed("sec") }, func(u *ui) {
			u.sees("This is not the passphrase", "> •••  ")
			unlock(u, "ret")
		}},
		"the next one is whole": {"secrte", func(u *ui) { unlock(u, "secret") }, func(u *ui) {}},
		"the next one is wrong": {"secrte", func(u *ui) { unlock(u, "secert") }, func(u *ui) {
			u.sees("This is not the passphrase")
			unlock(u, "secret")
		}},
		"it is left":         {"secret", func(u *ui) { u.typed("x"); u.press("enter", "esc") }, func(u *ui) {}},
		"Enter once more":    {"secret", func(u *ui) { u.press("enter", "enter") }, func(u *ui) {}},
		"under a help text":  {"secret", func(u *ui) { u.press("f1") }, func(u *ui) { u.press("esc") }},
		"lock at a bad time": {"secret", func(u *ui) { u.press("alt+l") }, func(u *ui) {}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, 80, 24, village, func(u *ui) {
				release := make(chan struct{})
				u.backend.slow = release
				unlock(u, tc.first)
				u.sees("Checking the passphrase")
				tc.during(u)
				if u.quit {
					t.Fatal("the interface ends")
				}
				close(release)
				u.settle()
				tc.after(u)
				u.sees("Choose a conversation")
				u.press("alt+down")
				u.misses("› hello")
			}, sealed)
		})
	}
}

// A profile without a passphrase takes nothing of what is typed before it is open.
func TestTypedBeforeItIsOpen(t *testing.T) {
	var release chan struct{}
	in(t, 80, 24, village, func(u *ui) {
		u.typed("hello")
		u.press("enter", "esc")
		u.sees("Opening the profile")
		if u.quit {
			t.Fatal("the interface ends")
		}
		close(release)
		u.settle()
		u.press("alt+down")
		u.misses("› hello")
		if at := find(u.m, "hell"); at == "" {
			t.Error("there is no message: the test looks in the wrong places")
		}
	}, opensWhen(&release))
}

func TestLeaveWhileOpening(t *testing.T) {
	for _, key := range []string{"ctrl+q", "ctrl+c"} {
		var release chan struct{}
		in(t, 80, 24, village, func(u *ui) {
			u.press(key)
			if !u.quit {
				t.Errorf("%s does not leave", key)
			}
			close(release)
		}, sealed, opensWhen(&release))
	}
}

// No passphrase is none, even if the node takes it for one.
func TestNoPassphrase(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("enter")
		u.sees("Type the passphrase first")
		u.misses("Alice")
	}, sealed, func(o *tui.Options) { o.Backend = lenient{o.Backend.(*backend)} })
}

// lenient is a backend that opens without a passphrase where one is needed.
type lenient struct{ *backend }

func (b lenient) Open(c context.Context, passphrase []byte) (rpc.API, error) {
	if len(passphrase) == 0 {
		return b.api, nil
	}
	return b.backend.Open(c, passphrase)
}
