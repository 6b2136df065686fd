package tui_test

import (
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestActOnMessage(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		u.press("alt+down")
		for _, text := range []string{"one", "two", "three"} {
			u.typed(text)
			u.press("enter")
		}
		u.typed("a draft")
		u.press("ctrl+up", "up", "e")
		u.sees("› two", "editing")
		u.typed(" changed")
		u.press("enter")
		u.sees("two changed", "› a draft")

		u.press("ctrl+up", "x")
		u.sees("cancelled")
		u.press("t")
		u.misses("cancelled")
		u.press("r")
		u.sees("> three")
		u.press("ctrl+u", "ctrl+u", "ctrl+u", "ctrl+up", "up", "up", "d")
		u.sees("Delete this message")
		u.press("n")
		u.press("d", "y")
		u.press("esc")
		u.misses("one")
		u.api.Deliver(2, apitest.Delivered)
		u.settle()
		u.press("ctrl+up", "up", "e")
		u.sees("only a message of yours that has not left")
	})
}

func TestActOnFile(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		n := u.api.Offer(1, "a.txt", 10)
		u.press("alt+down", "ctrl+up")
		u.sees("s accept, x decline")
		u.press("s")
		u.sees("waits for a connection")
		u.press("e")
		u.sees("paused")
		u.press("t")
		u.sees("waits for a connection")
		u.press("x")
		u.sees("called off")
		u.api.SetFile(n, func(f *rpc.File) { f.State, f.Path = apitest.Arrived, "/somewhere/a.txt" })
		u.settle()
		u.sees("saved as /somewhere/a.txt")
	})
}
