package tui_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// pair is a profile with one contact.
func pair() *apitest.Fake {
	f := apitest.New()
	alice, _ := f.Befriend("Alice")
	f.Appear(alice, rpc.Presence{State: rpc.Online})
	return f
}

// texts are the texts of the first conversation, the first one first.
func texts(u *ui) (all []string) {
	page, err := u.api.MessagesAfter(ctx, 1, 0, 1000)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, m := range page {
		all = append(all, m.Text)
	}
	return all
}

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
		for _, state := range []rpc.DeliveryState{apitest.Sent, apitest.Delivered, apitest.Read} {
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
		again.press("alt+down")
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

func TestHistory(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+down")
		u.typed("new")
		u.press("up")
		u.sees("› this one waits")
		u.press("up", "up", "up", "up") // through the three rows of the one before
		u.sees("› It did, thank you")
		u.press("down", "down")
		u.sees("› this one waits")
		u.press("down")
		u.sees("› new")
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

// Each conversation is where it was left, and new messages do not move it.
func TestScrollIsKept(t *testing.T) {
	api := func() *apitest.Fake {
		f := apitest.New()
		for _, name := range []string{"Alice", "Bob"} {
			_, with := f.Befriend(name)
			for i := range 250 {
				m, _ := f.Send(ctx, with, name+" "+strings.Repeat("i", i%7)+".", rpc.SendOptions{})
				f.Deliver(m.Number, apitest.Read)
			}
		}
		return f
	}
	in(t, 80, 24, api, func(u *ui) {
		u.press("alt+down", "alt+down") // Alice
		for range 8 {
			u.press("pgup")
		}
		before := u.screen()
		u.press("alt+1", "pgup", "alt+2")
		if got := u.screen(); got != before {
			t.Errorf("the conversation moved:\n%s\nbefore:\n%s", got, before)
		}
		u.api.Receive(1, "news")
		u.settle()
		u.misses("news")
		u.sees("1 unread; Ctrl+End: latest")
		u.press("ctrl+end")
		u.sees("news")
		u.misses("unread")
		u.press("ctrl+home")
		u.sees("Monday, 2 March 2026")
		for range 40 {
			u.press("pgdown")
		}
		u.sees("news")
		u.api.Receive(1, "more news")
		u.settle()
		u.sees("more news")
	})
}

// A message is read when somebody has it before them, and not before.
func TestRead(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		unread := func(want int) {
			t.Helper()
			u.settle()
			if n, err := u.api.Unread(ctx, 1); n != want || err != nil {
				t.Errorf("%d messages are unread, %v, not %d", n, err, want)
			}
		}
		u.api.Receive(1, "one")
		unread(1)
		u.press("alt+down")
		unread(0)
		u.send(tea.BlurMsg{})
		u.api.Receive(1, "two")
		unread(1)
		u.send(tea.FocusMsg{})
		unread(0)
		u.press("f1")
		u.api.Receive(1, "three")
		unread(1)
		u.press("esc")
		unread(0)
		for i := range 60 {
			u.api.Receive(1, strings.Repeat("x", i))
		}
		u.settle()
		u.press("pgup")
		u.api.Receive(1, "below")
		unread(1)
	})
}

// Who was there is not shown as there when nobody can know.
func TestPresenceIsNoBetterThanItIs(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.sees("● online", "● Alice", "● reachable")
		u.api.Signal(rpc.Event{Kind: rpc.Disconnected})
		u.settle()
		u.sees("? unknown", "? Alice", "the node does not answer")
		u.misses("●")
		u.api.Signal(rpc.Event{Kind: rpc.Reconnected})
		u.settle()
		u.sees("● online", "● Alice", "● reachable")
		u.api.Appear(1, rpc.Presence{State: rpc.Offline, Trouble: rpc.AnotherPeer})
		u.settle()
		u.sees("○ offline: SOMEBODY ELSE answers at this address")
		u.api.Appear(1, rpc.Presence{State: rpc.Online})
		u.settle()
		_ = u.api.Close()
		u.pass(10 * time.Second)
		u.sees("? unknown", "the node does not answer")
		u.misses("●")
	})
}

// What the node has said lately is true for a while only.
func TestPresenceGoesBad(t *testing.T) {
	silent := func() *apitest.Fake {
		f := pair()
		quiet := false
		f.Fail = func(method string) error {
			if method == "Presence" && quiet {
				return rpc.ErrState
			}
			quiet = quiet || method == "Presence"
			return nil
		}
		return f
	}
	in(t, 80, 24, silent, func(u *ui) {
		u.press("alt+down")
		u.sees("● online")
		u.pass(30 * time.Second)
		u.sees("? unknown")
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
func (*missing) Close() error                            { return nil }

// Whatever becomes of the size, the same messages are seen, at the end or elsewhere.
func TestResize(t *testing.T) {
	long := func() *apitest.Fake {
		f := pair()
		for i := range 100 {
			f.Receive(1, fmt.Sprintf("message %d, with words enough for a line or two on a screen that is narrow", i))
		}
		_ = f.MarkRead(ctx, 1, 100)
		return f
	}
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

// However much happens at once, nothing is left out.
func TestFlood(t *testing.T) {
	in(t, 80, 24, pair, func(u *ui) {
		u.press("alt+down")
		for i := range 2000 {
			u.api.Receive(1, fmt.Sprint("message ", i))
		}
		u.settle()
		u.press("ctrl+end")
		u.sees("message 1999")
		u.misses("unread")
		u.press("ctrl+home")
		u.sees("message 0", "message 5")
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

// What has come to a conversation that is open in another tab is new there.
func TestNewInTab(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.press("alt+down", "alt+down", "alt+1")
		u.misses("new messages")
		u.api.Receive(2, "and another one")
		u.settle()
		u.sees("Bob (1)")
		u.press("alt+2")
		u.sees("new messages", "and another one")
		u.misses("(1)")
		if n, err := u.api.Unread(ctx, 2); n != 0 || err != nil {
			t.Errorf("%d are unread, %v", n, err)
		}
		u.typed("yes")
		u.press("enter")
		u.misses("new messages")
	})
}

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
