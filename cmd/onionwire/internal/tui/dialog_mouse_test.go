package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// click clicks on the first place on the screen where a text is.
func click(u *ui, text string) {
	u.t.Helper()
	for y, line := range strings.Split(u.screen(), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			u.send(tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	u.t.Fatalf("%q is not on the screen:\n%s", text, u.screen())
}

func TestClickInDialogs(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f5")
		click(u, "Trent␛")
		u.sees("It is me, from the")
		u.press("esc", "f6")
		click(u, "photo.jpg")
		u.press("d")
		u.sees("declined")
		u.press("esc", "ctrl+f")
		u.typed("hello")
		click(u, "Bob, ")
		u.misses("Words to find") // the first was chosen: a click on it goes there
		u.press("esc", "ctrl+k")
		u.send(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseLeft})
		u.sees("Name of the conversation")
		u.press("esc", "f9")
		click(u, "typing hints")
		click(u, "typing hints")
		u.sees("typing_hints is changed")
		if s, err := u.api.Settings(ctx); err != nil || s.TypingHints {
			t.Errorf("settings %+v, %v", s, err)
		}
	})
}

func TestWheelInDialogs(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f1")
		for range 30 {
			u.send(tea.MouseWheelMsg{X: 50, Y: 10, Button: tea.MouseWheelDown})
		}
		u.misses("Write a message and press")
		for range 30 {
			u.send(tea.MouseWheelMsg{X: 50, Y: 10, Button: tea.MouseWheelUp})
		}
		u.sees("Write a message and press")
	})
}
