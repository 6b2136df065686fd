package tui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
)

// setBack is a profile that a contact has found to be an older copy, between two messages.
func setBack() *apitest.Fake {
	f := pair()
	f.Receive(1, "before")
	f.Pass(time.Minute)
	f.SetBack(1)
	f.Pass(time.Minute)
	f.Receive(1, "behind")
	return f
}

const isSetBack = "Alice has had messages from here that this profile does not know"

// What was missed while no interface was there is told where it has happened, once, and so is
// what happens while it is there.
func TestProfileThatWasSetBack(t *testing.T) {
	in(t, 120, 24, setBack, func(u *ui) {
		u.press("alt+down")
		u.sees(isSetBack, "never run two")
		screen := u.screen()
		before, note, behind := strings.Index(screen, "before"), strings.Index(screen, isSetBack), strings.Index(screen, "behind")
		if before > note || note > behind || strings.Count(screen, isSetBack) != 1 {
			t.Errorf("shown as\n%s", screen)
		}
		u.pass(time.Minute)
		u.api.SetBack(1)
		u.settle()
		u.sees("something is missing in the conversation with Alice")
		if screen = u.screen(); strings.Count(screen, isSetBack) != 2 || strings.LastIndex(screen, isSetBack) < strings.Index(screen, "behind") {
			t.Errorf("shown as\n%s", screen)
		}
		for range 20 { // a contact who goes on and on
			u.api.SetBack(1)
		}
		u.settle()
		if n := strings.Count(u.screen(), isSetBack); n > 5 {
			t.Errorf("told %d times", n)
		}
		u.fits()
	})
	in(t, 40, 12, setBack, func(u *ui) {
		u.press("alt+down")
		u.sees("before", "Alice has had messages from", "here that this profile does not know")
		u.press("ctrl+end")
		u.sees("never run two copies", "behind")
		u.fits()
	})
	nothing := func() *apitest.Fake {
		f := pair()
		f.SetBack(1)
		return f
	}
	in(t, 80, 24, nothing, func(u *ui) {
		u.press("alt+down")
		u.sees("Alice has had messages from here")
		u.fits()
	})
}
