package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// What was open is open again, but nothing there counts as read before somebody looks.
func TestNothingIsReadBeforeSomebodyLooks(t *testing.T) {
	unread := func(u *ui) int {
		c, err := u.api.Conversation(ctx, 1)
		if err != nil {
			u.t.Fatal(err)
		}
		return c.Unread
	}
	news := func(u *ui, looks tea.Msg) {
		u.t.Helper()
		u.api.Receive(1, "new")
		u.pass(5 * time.Second)
		u.sees("new")
		if unread(u) != 1 {
			u.t.Error("it is read, and nobody has looked")
		}
		u.send(looks)
		if unread(u) != 0 {
			u.t.Error("it is not read, and somebody has looked")
		}
	}
	key := tea.KeyPressMsg{Code: tea.KeyRight}
	for name, looks := range map[string]tea.Msg{
		"a key": key, "the focus": tea.FocusMsg{}, "a paste": paste("x"),
		"a click": tea.MouseClickMsg{X: 60, Y: 10, Button: tea.MouseLeft},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, 80, 24, pair, func(u *ui) {
				talkTo(u, "Alice")
				again := u.again()
				news(again, looks)
				if err := again.m.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
	// The keys that have unlocked it were there before anything was to be seen.
	t.Run("after a lock", func(t *testing.T) {
		in(t, 80, 24, pair, func(u *ui) {
			unlock(u, "secret")
			talkTo(u, "Alice")
			u.press("alt+l")
			unlock(u, "secret")
			news(u, key)
		}, sealed)
	})
}
