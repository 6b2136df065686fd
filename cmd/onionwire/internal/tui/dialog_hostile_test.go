package tui_test

import (
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// hostile is text that would do something to a terminal, or to who reads it.
const hostile = "a\x1b[2J\x1b]0;x\ab\u009b31m\u202egnp.\u202c\u200b\u2066c\r\nd\x00e\x7f" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306" + "\U000e0041"

// badTown is town with hostile text wherever somebody else can put some.
func badTown(t *testing.T) func() *apitest.Fake {
	t.Helper()
	return func() *apitest.Fake {
		f := town(t)()
		for _, name := range []string{"Bob", "Trent"} {
			f.SetContact(contactOf(f, name).ID, func(c *rpc.Contact) { c.Name, c.Introduction = name+hostile, strings.Repeat(hostile, 3) })
		}
		n := f.Offer(conversationOf(f, "Alice"), hostile, 1000)
		f.SetFile(n, func(file *rpc.File) { file.State, file.Why, file.Path = rpc.BrokenFile, hostile, "/nowhere/"+hostile })
		f.Receive(conversationOf(f, "Bob"), "parcel "+hostile+" parcel")
		f.SetStatus(func(s *rpc.Status) {
			s.TorError, s.BootstrapPhase, s.BootstrapWarning, s.NetworkError, s.ServiceError, s.Service = hostile, hostile, hostile, hostile, hostile, hostile
		})
		f.SetTor(func(i *rpc.TorInfo) { i.Version, i.LastError, i.CircuitsError = hostile, hostile, hostile })
		return f
	}
}

func wantHarmless(u *ui) {
	u.t.Helper()
	u.fits()
	for _, r := range ansi.Strip(u.m.View().Content) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r)) {
			u.t.Fatalf("U+%04X is on the screen:\n%q", r, u.screen())
		}
	}
	for _, sequence := range []string{"\x1b[2J", "\x1b]0", "\u009b"} {
		if strings.Contains(u.m.View().Content, sequence) {
			u.t.Fatalf("%q is sent to the terminal", sequence)
		}
	}
}

func TestHostileTextInDialogs(t *testing.T) {
	for _, d := range dialogs {
		t.Run(d.name, func(t *testing.T) {
			onSizes(t, badTown(t), func(u *ui, _ string) {
				d.open(u)
				wantHarmless(u)
			})
		})
	}
}

// TestDialogsOnAnyScreen makes the window larger and smaller while a dialog is open, down
// to where nothing can be shown.
func TestDialogsOnAnyScreen(t *testing.T) {
	for _, d := range dialogs {
		t.Run(d.name, func(t *testing.T) {
			in(t, 100, 30, badTown(t), func(u *ui) {
				d.open(u)
				for _, size := range [][2]int{{250, 80}, {60, 20}, {40, 12}, {20, 8}, {10, 4}, {5, 3}, {1, 1}, {300, 2}, {3, 100}, {80, 24}} {
					u.w, u.h = size[0], size[1]
					u.send(tea.WindowSizeMsg{Width: u.w, Height: u.h})
					_ = u.m.View()
					u.press("down", "pgdown", "up", "pgup", "tab")
					if u.w >= 20 && u.h >= 6 { // the least that is drawn
						wantHarmless(u)
					}
				}
			})
		})
	}
}
