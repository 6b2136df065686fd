package tui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
)

// again starts the interface anew on the same node.
func (u *ui) again() *ui {
	u.t.Helper()
	u.press("ctrl+q")
	if err := u.m.Close(); err != nil {
		u.t.Error(err)
	}
	return start(u.t, u.w, u.h, u.api)
}

// What was open is open again, where somebody has read.
func TestPlaces(t *testing.T) {
	long := func() *apitest.Fake { return chatter(village(), 1000) }
	in(t, 100, 30, long, func(u *ui) {
		talkTo(u, "Bob")
		talkTo(u, "Alice")
		for range 20 {
			u.press("pgup")
		}
		shown := func(u *ui) (all []string) {
			for line := range strings.Lines(u.screen()) {
				if _, after, found := strings.Cut(line, "message "); found {
					number, _, _ := strings.Cut(after, ",")
					all = append(all, number)
				}
			}
			return all
		}
		before := shown(u)
		u.pass(2 * time.Second)
		again := u.again()
		again.sees("1 Bob", "2 Alice")
		if after := shown(again); len(after) == 0 || after[len(after)-1] != before[len(before)-1] {
			t.Errorf("shows %q, not %q", after, before)
		}
		again.press("alt+1")
		again.sees("are you there?")
		again.press("alt+w", "alt+w")
		again = again.again()
		again.sees("Choose a conversation")
		if err := again.m.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What something else has kept there, and conversations that are gone, are no harm.
func TestPlacesThatAreNone(t *testing.T) {
	for _, state := range []string{
		"hello", `{"tabs":"x"}`, `{"tabs":[{"conversation":99}],"active":99}`,
		`{"tabs":[{"conversation":1,"message":-5,"row":-1}],"active":7}`,
		`{"tabs":[` + strings.Repeat(`{"conversation":1,"message":999999},`, 200) + `{"conversation":1}],"active":1}`,
	} {
		in(t, 80, 24, func() *apitest.Fake {
			f := village()
			_ = f.SetInterfaceState(ctx, state)
			return f
		}, func(u *ui) {
			u.fits()
			talkTo(u, "Bob")
			u.sees("are you there?")
		})
	}
}
