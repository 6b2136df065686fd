package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// A message that was not sent is a draft of its conversation, open or not.
func TestSendFailsInAClosedTab(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 80, 24, failing("Send", &failure), func(u *ui) {
		u.press("alt+down")
		u.typed("important")
		u.take(tea.KeyPressMsg{Code: tea.KeyEnter})
		u.take(tea.KeyPressMsg{Code: 'w', Mod: tea.ModAlt}) // before the node has answered
		u.settle()
		u.sees("it is kept as a draft")
		u.pass(2 * time.Second)
		u.wantDraft("important")
		u.press("alt+down")
		u.sees("› important")
	})
}

// A tab that is closed while its draft cannot be kept keeps it.
func TestDraftOfAClosedTab(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 80, 24, failing("SetDraft", &failure), func(u *ui) {
		u.press("alt+down")
		u.typed("for Alice")
		u.press("alt+w")
		u.pass(2 * time.Second)
		u.press("alt+down")
		u.sees("› for Alice")
		u.press("alt+w")
		failure = nil
		u.pass(2 * time.Second)
		u.wantDraft("for Alice")
	})
}

// What is written before the draft was read does not replace it.
func TestDraftThatIsReadLate(t *testing.T) {
	failure := rpc.ErrNotRunning
	api := func() *apitest.Fake {
		f := failing("Draft", &failure)()
		_ = f.SetDraft(ctx, 1, "begun")
		return f
	}
	in(t, 80, 24, api, func(u *ui) {
		u.press("alt+down")
		u.typed("more")
		u.pass(2 * time.Second)
		u.sees("the draft could not be read", "› more")
		failure = nil
		u.pass(2 * time.Second)
		u.sees("› begun", "  more")
		u.wantDraft("begun\nmore")
	})
}

// What a message was changed to is kept until it is changed.
func TestEditIsNotLost(t *testing.T) {
	edited := func(t *testing.T, then func(u *ui)) {
		t.Helper()
		failure := rpc.ErrState
		in(t, 80, 24, failing("Edit", &failure), func(u *ui) {
			u.press("alt+down")
			u.typed("one")
			u.press("enter")
			u.typed("draft")
			u.press("ctrl+up", "e")
			u.typed(" and two")
			then(u)
		})
	}
	t.Run("not changed", func(t *testing.T) {
		edited(t, func(u *ui) {
			u.press("enter")
			u.sees("the message was not changed", "› one and two", "  draft")
		})
	})
	t.Run("interrupted", func(t *testing.T) {
		edited(t, func(u *ui) {
			u.pass(2 * time.Second)
			u.wantDraft("draft\none and two")
			u.press("alt+w", "alt+down")
			u.sees("› draft", "  one and two")
		})
	})
	t.Run("left", func(t *testing.T) {
		edited(t, func(u *ui) {
			u.press("esc")
			u.pass(2 * time.Second)
			u.wantDraft("draft")
		})
	})
}

// A text that begins with a slash by chance is no command to be forgotten.
func TestSlashIsNotLost(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.send(paste("/etc/passwd\nhas lines"))
		u.press("enter")
		u.sees("a command has one line", "› /etc/passwd", "  has lines")
		u.press("ctrl+u", "ctrl+u", "ctrl+u")
		u.typed("/shrug at that")
		u.press("enter")
		u.sees("no command", "begins with / is written with //")
		u.press("esc")
		u.sees("› /shrug at that")
		u.press("ctrl+u")
		u.typed("/shrug")
		u.press("ctrl+c") // leaves what is open, and loses nothing
		u.sees("› /shrug")
		u.press("ctrl+u")
		u.typed("//shrug at that")
		u.misses("Tab complete")
		u.press("enter")
		u.sees("Write a message")
		if all := texts(u); all[len(all)-1] != "/shrug at that" {
			t.Errorf("sent %q", all)
		}
	})
	t.Run("pasted behind a slash", func(t *testing.T) {
		for _, pasted := range []string{"/etc/passwd", "etc/passwd\nhas lines", strings.Repeat("long ", 2000)} {
			in(t, 80, 24, pair, func(u *ui) {
				u.press("alt+down")
				u.typed("/")
				u.send(paste(pasted))
				u.misses("Tab complete")
				u.pass(2 * time.Second)
				u.wantDraft("/" + pasted)
			})
		}
	})
	t.Run("the interface ends", func(t *testing.T) {
		var was *ui
		in(t, 80, 24, pair, func(u *ui) {
			was = u
			u.press("alt+down")
			u.typed("/shrug at that")
		})
		was.wantDraft("/shrug at that")
	})
}

func TestNobodyToWriteTo(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.typed("h")
		u.sees("this goes nowhere: open a conversation first, with Ctrl+K or Enter")
		u.send(paste("hello"))
		u.press("enter")
		u.sees("Good morning", "Write a message")
	})
	in(t, 80, 24, apitest.New, func(u *ui) {
		u.typed("h")
		u.sees("nobody to write to yet: F3 adds a contact")
	})
}
