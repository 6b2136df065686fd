package tui_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestHistory(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+down")
		u.typed("new")
		u.press("up")
		u.sees("› this one waits")
		u.press("up", "up", "up", "up") // through the three rows of the one before
		u.sees("› It did, thank you")
		u.press("down", "down")
		u.sees("› this one waits")
		u.press("down")
		u.sees("› new")
	})
}

// The history is that of the conversation, however far back, after a restart, and wherever
// somebody reads.
func TestHistoryIsLong(t *testing.T) {
	long := func() *apitest.Fake {
		f := pair()
		for i := range 300 {
			_, _ = f.Send(ctx, 1, fmt.Sprintf("mine %d", i), rpc.SendOptions{})
			f.Receive(1, "theirs")
		}
		return f
	}
	in(t, 80, 24, long, func(u *ui) {
		u.press("alt+down", "pgup", "ctrl+home")
		for range 300 {
			u.press("up")
		}
		u.sees("› mine 0")
		u.press("up")
		u.sees("› mine 0")
		for range 300 {
			u.press("down")
		}
		u.sees("› Write a message")
	})
}

// What was being written is still there after something was sent once more, and so is what
// that was changed to.
func TestHistoryLosesNothing(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		for _, text := range []string{"one", "//two"} {
			u.typed(text)
			u.press("enter")
		}
		u.typed("new")
		u.press("up")
		u.sees("› //two")
		u.pass(2 * time.Second)
		u.wantDraft("new")
		u.press("enter")
		u.sees("› new")
		if got := texts(u); got[2] != "/two" {
			t.Errorf("sent %q", got)
		}
		u.press("up", "up")
		u.typed(" changed")
		u.pass(2 * time.Second)
		u.wantDraft("new\none changed")
		u.press("down", "down")
		u.sees("› new", "  one changed")
	})
}
