package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// failing makes a node whose method fails with what failure is at the time.
func failing(method string, failure *error) func() *apitest.Fake {
	return func() *apitest.Fake {
		f := pair()
		f.Fail = func(called string) error {
			if called == method {
				return *failure
			}
			return nil
		}
		return f
	}
}

// What was not queued comes before what was written since.
func TestSendFailsWhileTyping(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 80, 24, failing("Send", &failure), func(u *ui) {
		u.press("alt+down")
		u.take(tea.PasteMsg{Content: "important"})
		u.take(tea.KeyPressMsg{Code: tea.KeyEnter})
		u.take(tea.PasteMsg{Content: "next"}) // before the node has answered
		u.settle()
		u.sees("the message was not sent", "important", "next")
		failure = nil
		u.press("enter")
		if got := texts(u); len(got) != 1 || got[0] != "important\nnext" {
			t.Errorf("sent %q", got)
		}
	})
}

// Of several that were not queued the first one comes first.
func TestSendingFailsTwice(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 80, 24, failing("Send", &failure), func(u *ui) {
		u.press("alt+down")
		for _, text := range []string{"one", "two"} {
			u.take(tea.PasteMsg{Content: text})
			u.take(tea.KeyPressMsg{Code: tea.KeyEnter})
		}
		u.take(tea.PasteMsg{Content: "three"})
		u.settle()
		failure = nil
		u.press("enter")
		if got := texts(u); len(got) != 1 || got[0] != "one\ntwo\nthree" {
			t.Errorf("sent %q", got)
		}
	})
}

// A draft that could not be kept is kept when that is possible again.
func TestDraftIsKeptLater(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 80, 24, failing("SetDraft", &failure), func(u *ui) {
		u.press("alt+down")
		u.typed("for Alice")
		u.pass(2 * time.Second)
		u.sees("the draft was not kept", "the node does not answer")
		u.press("ctrl+q")
		if u.quit {
			t.Error("the interface ends, and the draft is lost")
		}
		u.sees("Ctrl+Q again loses what you wrote")
		failure = nil
		u.press("ctrl+q")
		if got, err := u.api.Draft(ctx, 1); err != nil || got != "for Alice" {
			t.Errorf("the draft is %q, %v", got, err)
		}
	})
}

// Who closes the window of the terminal has written what is there.
func TestTerminalIsClosed(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.take(tea.PasteMsg{Content: "sent"})
		u.take(tea.KeyPressMsg{Code: tea.KeyEnter})
		u.take(tea.PasteMsg{Content: "written"})
		if err := u.m.Close(); err != nil {
			t.Error(err)
		}
		if got := texts(u); len(got) != 1 || got[0] != "sent" {
			t.Errorf("sent %q", got)
		}
		if got, err := u.api.Draft(ctx, 1); err != nil || got != "written" {
			t.Errorf("the draft is %q, %v", got, err)
		}
	})
}

// A terminal is closed without a question: what is long is kept, too, and what was read late.
func TestTerminalIsClosedOnALongText(t *testing.T) {
	long := megabyte[len("begun"):]
	in(t, 120, 24, pair, func(u *ui) {
		_ = u.api.SetDraft(ctx, 1, "begun")
		u.press("alt+down")
		u.take(tea.PasteMsg{Content: long})
		if err := u.m.Close(); err != nil {
			t.Error(err)
		}
		u.wantDraft("begun" + long)
		again := start(u.t, 120, 24, u.api)
		again.sees("1.0 MiB: Enter sends a file", "› begun567")
		if err := again.m.Close(); err != nil {
			t.Error(err)
		}
		u.wantDraft("begun" + long)
	})
	t.Run("before the draft was read", func(t *testing.T) {
		failure := rpc.ErrNotRunning
		in(t, 120, 24, failing("Draft", &failure), func(u *ui) {
			u.press("alt+down")
			u.take(tea.PasteMsg{Content: "written"})
			failure = nil
			_ = u.api.SetDraft(ctx, 1, "begun")
			if err := u.m.Close(); err != nil {
				t.Error(err)
			}
			u.wantDraft("begun\nwritten")
		})
	})
}

func TestDrafts(t *testing.T) {
	var kept *apitest.Fake
	in(t, 80, 24, village, func(u *ui) {
		kept = u.api
		u.press("alt+down")
		u.typed("for Alice")
		u.press("alt+down")
		u.typed("for Bob")
		u.press("alt+up")
		u.sees("› for Alice")
		u.misses("for Bob")
		u.press("ctrl+q")
		if !u.quit {
			t.Error("the interface goes on")
		}
		for id, want := range map[ledger.ConversationID]string{1: "for Alice", 2: "for Bob"} {
			if got, err := kept.Draft(ctx, id); err != nil || got != want {
				t.Errorf("the draft is %q, %v", got, err)
			}
		}
		// Another one on the same node begins with them.
		again := start(u.t, 80, 24, kept)
		again.press("alt+up")
		again.sees("› for Alice")
		again.press("enter")
		if err := again.m.Close(); err != nil {
			t.Error(err)
		}
		if got, _ := kept.Draft(ctx, 1); got != "" {
			t.Errorf("what was sent is the draft %q", got)
		}
	})
}
