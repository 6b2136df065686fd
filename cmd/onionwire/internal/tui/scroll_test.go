package tui_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// Each conversation is where it was left, and new messages do not move it.
func TestScrollIsKept(t *testing.T) {
	api := func() *apitest.Fake {
		f := apitest.New()
		for _, name := range []string{"Alice", "Bob"} {
			_, with := f.Befriend(name)
			for i := range 250 {
				m, _ := f.Send(ctx, with, name+" "+strings.Repeat("i", i%7)+".", rpc.SendOptions{})
				f.Deliver(m.Number, rpc.ReadMessage)
			}
		}
		return f
	}
	in(t, 80, 24, api, func(u *ui) {
		u.press("alt+down", "alt+down") // Alice
		for range 8 {
			u.press("pgup")
		}
		before := u.screen()
		u.press("alt+1", "pgup", "alt+2")
		if got := u.screen(); got != before {
			t.Errorf("the conversation moved:\n%s\nbefore:\n%s", got, before)
		}
		u.api.Receive(1, "news")
		u.settle()
		u.misses("news")
		u.sees("1 unread; Ctrl+End: latest")
		u.press("ctrl+end")
		u.sees("news")
		u.misses("unread")
		u.press("ctrl+home")
		u.sees("Monday, 2 March 2026")
		for range 40 {
			u.press("pgdown")
		}
		u.sees("news")
		u.api.Receive(1, "more news")
		u.settle()
		u.sees("more news")
	})
}

// A message is read when somebody has it before them, and not before.
func TestRead(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		unread := func(want int) {
			t.Helper()
			u.settle()
			if n, err := u.api.Unread(ctx, 1); n != want || err != nil {
				t.Errorf("%d messages are unread, %v, not %d", n, err, want)
			}
		}
		u.api.Receive(1, "one")
		unread(1)
		u.press("alt+down")
		unread(0)
		u.send(tea.BlurMsg{})
		u.api.Receive(1, "two")
		unread(1)
		u.send(tea.FocusMsg{})
		unread(0)
		u.press("f1")
		u.api.Receive(1, "three")
		unread(1)
		u.press("esc")
		unread(0)
		for i := range 60 {
			u.api.Receive(1, strings.Repeat("x", i))
		}
		u.settle()
		u.press("pgup")
		u.api.Receive(1, "below")
		unread(1)
	})
}

// However much happens at once, nothing is left out.
func TestFlood(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		for i := range 2000 {
			u.api.Receive(1, fmt.Sprint("message ", i))
		}
		u.settle()
		u.press("ctrl+end")
		u.sees("message 1999")
		u.misses("unread")
		u.press("ctrl+home")
		u.sees("message 0", "message 5")
	})
}

// What has come to a conversation that is open in another tab is new there.
func TestNewInTab(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+down", "alt+down", "alt+1")
		u.misses("new messages")
		u.api.Receive(2, "and another one")
		u.settle()
		u.sees("Bob (1)")
		u.press("alt+2")
		u.sees("new messages", "and another one")
		u.misses("(1)")
		if n, err := u.api.Unread(ctx, 2); n != 0 || err != nil {
			t.Errorf("%d are unread, %v", n, err)
		}
		u.typed("yes")
		u.press("enter")
		u.misses("new messages")
	})
}
