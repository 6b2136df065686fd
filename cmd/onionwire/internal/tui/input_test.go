package tui_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

func TestTabs(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+u")
		u.sees("Good morning")
		u.press("alt+u")
		u.sees("are you there?")
		u.press("alt+u")
		u.sees("nothing is unread")
		u.press("alt+1")
		u.sees("Good morning")
		u.press("ctrl+pgdown")
		u.sees("are you there?")
		u.press("alt+w")
		u.sees("Good morning")
		u.press("alt+w")
		u.sees("Choose a conversation")
	})
}

func TestMouse(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		click := func(x, y int) { u.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
		click(3, 2)
		u.sees("are you there?")
		click(3, 1)
		u.sees("Good morning")
		click(30, 0)
		u.sees("Good morning")
		for y := range 24 {
			if strings.Contains(strings.Split(u.screen(), "\n")[y], "thank you") {
				click(40, y)
			}
		}
		u.sees("c copy, r reply, d delete")
		click(40, 22)
		u.misses("c copy")
		u.send(tea.MouseWheelMsg{X: 40, Y: 5, Button: tea.MouseWheelUp})
		u.send(tea.MouseWheelMsg{X: 3, Y: 5, Button: tea.MouseWheelDown})
		u.press("alt+m")
		if u.m.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse is on")
		}
	})
}

func TestRebound(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("ctrl+g")
		u.sees("Good morning")
	}, func(o *tui.Options) { o.Keys = map[string][]string{"next-conversation": {"Ctrl+G"}} })
	in(t, 80, 24, village, func(u *ui) { u.sees(`there is no action "fly"`) },
		func(o *tui.Options) { o.Keys = map[string][]string{"fly": {"f12"}} })
}

func TestInterrupt(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+down", "ctrl+up", "ctrl+c")
		u.misses("c copy")
		u.press("ctrl+c")
		u.sees("press Ctrl+C again to quit")
		u.press("ctrl+c")
		if !u.quit {
			t.Error("the interface goes on")
		}
	})
}

func TestNoProfile(t *testing.T) {
	in(t, 80, 24, apitest.New, func(u *ui) {
		u.sees("could not be opened: no such thing", "make one")
		u.press("ctrl+q")
		if !u.quit {
			t.Error("the interface goes on")
		}
	}, func(o *tui.Options) {
		o.Backend = &missing{}
		o.Hint = func(error) string { return "make one" }
	})
}

// missing is a profile that is not there.
type missing struct{ backend }

func (*missing) Protected(context.Context) (bool, error) { return false, errors.New("no such thing") }

func (*missing) Close() error { return nil }

// A node that does not answer keeps nobody from leaving.
func TestQuitTwice(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.typed("draft")
		u.take(tea.KeyPressMsg{Code: 'q', Mod: tea.ModCtrl})
		u.press("ctrl+q")
		if !u.quit {
			t.Error("the interface goes on")
		}
	})
}
