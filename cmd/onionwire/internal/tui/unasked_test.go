package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// introduction is what is typed into the form of a new contact.
const introduction = "hello, this is me, from the choir"

// asks types a link, a name and an introduction.
func asks(u *ui) {
	u.press("f3")
	u.send(paste(theirs))
	u.press("tab")
	u.press("ctrl+u")
	u.typed("Dora")
	u.press("tab")
	u.typed(introduction)
}

// What was typed to ask somebody is there until they are asked.
func TestUnaskedIsNotLost(t *testing.T) {
	for name, leave := range map[string]func(u *ui) *ui{
		"closed":      func(u *ui) *ui { u.press("esc"); return u },
		"interrupted": func(u *ui) *ui { u.press("ctrl+c"); return u },
		"locked":      func(u *ui) *ui { u.press("alt+l"); unlock(u, "secret"); return u },
		"ended":       func(u *ui) *ui { return u.again() },
		"hung up": func(u *ui) *ui {
			_ = u.m.Close()
			return start(u.t, u.w, u.h, u.api)
		},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, 100, 30, village, func(u *ui) {
				unlock(u, "secret")
				asks(u)
				u = leave(u)
				u.misses(introduction)
				u.press("f3")
				u.sees("a good link", "Dora", introduction)
				u.press("enter", "enter")
				u.send(tea.KeyPressMsg{Code: tea.KeyEnter})
				if u.api.Calls("AddContact") != 1 {
					t.Fatal("nobody was asked")
				}
				u.press("f3")
				u.misses("a good link", "Dora is", introduction)
				u.pass(2 * time.Second)
				if state, _ := u.api.InterfaceState(ctx); state == "" || len(state) > 200 {
					t.Errorf("the state is %q", state)
				}
				if err := u.m.Close(); err != nil {
					t.Error(err)
				}
			}, sealed)
		})
	}
}

// A command that names somebody else begins with them.
func TestUnaskedAndACommand(t *testing.T) {
	in(t, 100, 30, village, func(u *ui) {
		asks(u)
		u.press("esc")
		command(u, "add "+theirs+" Emma")
		u.sees("a good link", "Emma")
		u.misses("Dora", introduction)
	})
}
