package tui_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestSend(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.typed("hello")
		u.press("alt+enter")
		u.typed("there")
		u.press("enter")
		if got := texts(u); len(got) != 1 || got[0] != "hello\nthere" {
			t.Errorf("sent %q", got)
		}
		u.sees("hello", "there", "… queued", "Write a message")
		for _, state := range []rpc.DeliveryState{rpc.SentMessage, rpc.DeliveredMessage, rpc.ReadMessage} {
			u.api.Deliver(1, state)
			u.settle()
			u.sees(string(state))
		}
	})
}

// Messages go out in the order in which they were written, however fast somebody types.
func TestSendInOrder(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		for _, text := range []string{"a", "b", "c", "d", "e"} {
			u.take(tea.PasteMsg{Content: text}) // without waiting for what follows
			u.take(tea.KeyPressMsg{Code: tea.KeyEnter})
		}
		u.settle()
		if got := strings.Join(texts(u), ""); got != "abcde" {
			t.Errorf("sent in the order %q", got)
		}
	})
}

// What was not queued is in the composer again. If the node may have queued it before it was
// lost, it is sent again under the same name, and is there once.
func TestSendFails(t *testing.T) {
	var failure error
	lost := func() *apitest.Fake {
		f := pair()
		f.Fail = func(method string) error {
			if method == "Send" {
				return failure
			}
			return nil
		}
		return f
	}
	in(t, 80, 24, lost, func(u *ui) {
		u.press("alt+down")
		failure = rpc.ErrLost
		u.typed("once")
		u.press("enter")
		u.sees("the message was not sent", "› once")
		failure = nil
		u.press("enter")
		if got := texts(u); len(got) != 1 || got[0] != "once" {
			t.Errorf("sent %q", got)
		}
		failure = errors.New("no")
		u.typed("again")
		u.press("enter")
		u.sees("› again")
	})
}

func TestLongPaste(t *testing.T) {
	folder := t.TempDir()
	api := func() *apitest.Fake {
		f := pair()
		_, _ = f.SetSettings(ctx, rpc.SettingsUpdate{Downloads: &folder})
		return f
	}
	in(t, 120, 24, api, func(u *ui) {
		u.press("alt+down")
		text := strings.Repeat("0123456789abcdef", 1<<16)
		u.send(paste(text))
		u.sees("1.0 MiB: Enter sends a file, Esc drops it")
		u.press("esc")
		u.sees("Drop the text of 1.0 MiB?")
		u.press("n")
		u.sees("1.0 MiB: Enter sends a file")
		u.press("esc", "y")
		u.misses("1.0 MiB")
		u.send(paste(text))
		u.press("enter")
		u.sees("offered; they have not answered")
		files, err := u.api.Files(ctx, 1, 0, 10)
		if err != nil || len(files) != 1 {
			t.Fatalf("files %v, %v", files, err)
		}
		if stored, err := os.ReadFile(files[0].Path); err != nil || string(stored) != text {
			t.Errorf("the file has %d bytes, %v", len(stored), err)
		}
		u.send(paste("short\r\ntext\x1b[31m"))
		u.sees("› short", "text[31m")
	})
}

func TestTyping(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.api.Signal(rpc.Event{Kind: rpc.TypingHint, Conversation: 1, Contact: 1})
		u.settle()
		u.sees("Alice is typing")
		u.pass(8 * time.Second)
		u.misses("is typing")
		u.typed("hello")
		if n := u.api.Calls("Typing"); n != 1 {
			t.Errorf("told %d times that somebody types", n)
		}
	})
}
