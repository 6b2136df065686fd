package tui_test

import (
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// Whatever becomes of the size, the same messages are seen, at the end or elsewhere.
func TestResize(t *testing.T) {
	long := func() *apitest.Fake { return chatter(pair(), 100) }
	in(t, 120, 30, long, func(u *ui) {
		resize := func(w, h int) {
			u.w, u.h = w, h
			u.send(tea.WindowSizeMsg{Width: w, Height: h})
			u.fits()
		}
		u.press("alt+down")
		for _, size := range [][2]int{{40, 12}, {250, 80}, {60, 20}, {20, 6}, {120, 30}} {
			resize(size[0], size[1])
			if size[1] > 6 {
				u.sees("message 99,")
			}
		}
		u.press("pgup", "pgup")
		var bottom string
		for _, line := range strings.Split(u.screen(), "\n") {
			if _, after, found := strings.Cut(line, "message "); found {
				bottom, _, _ = strings.Cut(after, ",")
			}
		}
		for _, size := range [][2]int{{60, 20}, {250, 80}, {40, 12}, {120, 30}} {
			resize(size[0], size[1])
			u.sees("message " + bottom + ",")
		}
	})
}

// A terminal that joins characters is drawn on as it counts them.
func TestUnicodeTerminal(t *testing.T) {
	family := func() *apitest.Fake {
		f := pair()
		f.Receive(1, strings.Repeat("\U0001F469\u200d\U0001F469\u200d\U0001F467", 12))
		return f
	}
	in(t, 60, 20, family, func(u *ui) {
		u.press("alt+down")
		rows := func() (n int) {
			for _, line := range strings.Split(u.screen(), "\n") {
				if strings.Contains(line, "\U0001F467") {
					n++
				}
			}
			return n
		}
		if rows() < 2 {
			t.Errorf("%d rows by character", rows())
		}
		u.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet})
		if rows() != 1 {
			t.Errorf("%d rows by what people see", rows())
		}
	})
}

func TestNoColour(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-9]|10[0-9])[;m]`)
	in(t, 120, 30, village, func(u *ui) {
		u.press("alt+down", "f1")
		if found := colour.FindString(u.m.View().Content); found != "" {
			t.Errorf("there is the colour %q", found)
		}
	}, func(o *tui.Options) {
		o.Theme = "dark"
		o.Getenv = func(name string) string { return map[string]string{"NO_COLOR": "1"}[name] }
	})
	in(t, 120, 30, village, func(u *ui) {
		u.press("alt+down")
		if !colour.MatchString(u.m.View().Content) {
			t.Error("there is no colour")
		}
	}, func(o *tui.Options) { o.Theme = "dark" })
}
