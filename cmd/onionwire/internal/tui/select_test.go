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
		u.api.Deliver(2, rpc.DeliveredMessage)
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
		u.sees("asking the sender")
		u.api.Appear(1, rpc.Presence{State: rpc.Offline})
		u.settle()
		u.press("e")
		u.sees("paused")
		u.press("t")
		u.sees("waits for a connection")
		u.press("x")
		u.sees("called off")
		u.api.SetFile(n, func(f *rpc.File) { f.State, f.Path = rpc.ArrivedFile, "/somewhere/a.txt" })
		u.settle()
		u.sees("saved as /somewhere/a.txt")
	})
}

// Who presses a key that does nothing with what is selected is told why.
func TestNothingToDo(t *testing.T) {
	api := func() *apitest.Fake {
		f := pair()
		f.Receive(1, "theirs")
		f.Offer(1, "a.txt", 10)
		return f
	}
	in(t, 120, 24, api, func(u *ui) {
		u.press("alt+down")
		u.typed("mine")
		u.press("enter", "ctrl+up")
		for key, says := range map[string]string{
			"t": "only a message of yours that has failed can be sent again",
			"s": "only a file can be accepted",
		} {
			u.press(key)
			u.sees(says)
		}
		u.press("d")
		u.sees("It has not left, and does not any more")
		u.press("n", "up", "r")
		u.sees("only a message can be replied to")
		u.press("d")
		u.sees("files stay in the list")
		u.press("t")
		u.sees("only a file that is paused can go on")
		u.press("up", "x")
		u.sees("only a message of yours that has not left can be called back", "c copy, r reply, d delete, Esc back")
		for _, method := range []string{"Cancel", "RetryMessage", "Edit", "DeleteMessage", "ResumeFile", "DeclineFile"} {
			if n := u.api.Calls(method); n != 0 {
				t.Errorf("%s was called %d times", method, n)
			}
		}
		u.press("d")
		u.sees("The other side keeps theirs")
	})
}

// The path of what has arrived can be copied, and is said to who wants to accept it again.
func TestPathOfAFile(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		n := u.api.Offer(1, "a.txt", 10)
		u.api.SetFile(n, func(f *rpc.File) { f.State, f.Path = rpc.ArrivedFile, "/somewhere/a.txt" })
		u.press("alt+down", "ctrl+up", "s")
		u.sees("it is saved as /somewhere/a.txt", "c copy the path")
		u.press("c")
		u.sees("copied, if the terminal allows it")
	})
}
