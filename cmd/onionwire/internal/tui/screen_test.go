package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// sizes are the screens on which everything has to look right.
var sizes = []struct {
	name string
	w, h int
}{{"wide", 120, 30}, {"narrow", 60, 20}, {"tiny", 40, 12}, {"huge", 250, 80}}

// onSizes runs a test on each size.
func onSizes(t *testing.T, api func() *apitest.Fake, test func(u *ui, size string)) {
	t.Helper()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			in(t, size.w, size.h, api, func(u *ui) { test(u, size.name) })
		})
	}
}

// village is a profile with a few conversations.
func village() *apitest.Fake {
	f := apitest.New()
	alice, withAlice := f.Befriend("Alice")
	_, withBob := f.Befriend("Bob")
	carol, _ := f.Befriend("Carol")
	f.SetContact(alice, func(c *rpc.Contact) { c.Verified = true })
	f.SetContact(carol, func(c *rpc.Contact) { c.Muted = true })
	f.Appear(alice, rpc.Presence{State: rpc.Online})
	f.Ask("Mallory", "let me in")
	f.Receive(withAlice, "Good morning. Did the parcel arrive?")
	for i, text := range []string{"It did, thank you", "two lines\n> with a quote\nand an end", "this one waits"} {
		m, _ := f.Send(ctx, withAlice, text, rpc.SendOptions{})
		f.Deliver(m.Number, []rpc.DeliveryState{rpc.ReadMessage, rpc.DeliveredMessage, rpc.QueuedMessage}[i])
	}
	f.Pass(26 * time.Hour)
	f.Receive(withBob, "hello")
	f.Receive(withBob, "are you there?")
	f.Receive(withAlice, "And now something longer, which has so many words that it cannot be on one line of a screen that is not very wide.")
	return f
}

func TestScreenOfConversation(t *testing.T) {
	onSizes(t, village, func(u *ui, size string) {
		u.press("alt+down")
		u.golden("conversation-" + size)
	})
}

func TestScreenOfNobody(t *testing.T) {
	onSizes(t, apitest.New, func(u *ui, size string) { u.golden("nobody-" + size) })
}

func TestScreenOfBootstrap(t *testing.T) {
	api := func() *apitest.Fake {
		f := village()
		f.SetStatus(func(s *rpc.Status) { s.Bootstrap, s.Reachable, s.Service, s.Uploaded = 45, false, "starting", 0 })
		return f
	}
	onSizes(t, api, func(u *ui, size string) {
		u.press("alt+down", "alt+down")
		u.typed("written while Tor starts")
		u.golden("bootstrap-" + size)
	})
}

func TestScreenOfTabs(t *testing.T) {
	onSizes(t, village, func(u *ui, size string) {
		u.press("alt+down", "alt+down", "alt+down", "alt+1")
		u.golden("tabs-" + size)
	})
}

func TestScreenOfSelection(t *testing.T) {
	onSizes(t, village, func(u *ui, size string) {
		u.press("alt+down", "ctrl+up", "up")
		u.golden("selection-" + size)
	})
}

func TestScreenOfFiles(t *testing.T) {
	api := func() *apitest.Fake {
		f := village()
		f.Offer(1, "report.pdf", 1<<20)
		n := f.Offer(1, "picture.png", 3<<20)
		f.SetFile(n, func(file *rpc.File) { file.State, file.Done = rpc.MovingFile, 1<<20 })
		n = f.Offer(1, "broken.zip", 5)
		f.SetFile(n, func(file *rpc.File) { file.State, file.Why = rpc.BrokenFile, "the other side has changed it" })
		return f
	}
	onSizes(t, api, func(u *ui, size string) {
		u.press("alt+down")
		u.api.Progress(2, rpc.Progress{Done: 2 << 20, Size: 3 << 20, Rate: 300_000, Left: rpc.Duration(4 * time.Second)})
		u.settle()
		u.golden("files-" + size)
	})
}

func TestScreenOfFailures(t *testing.T) {
	api := func() *apitest.Fake {
		f := apitest.New()
		alice, with := f.Befriend("Alice")
		for i, text := range []string{"one", "two", "three"} {
			m, _ := f.Send(ctx, with, text, rpc.SendOptions{})
			f.Deliver(m.Number, []rpc.DeliveryState{rpc.FailedMessage, rpc.ExpiredMessage, rpc.CancelledMessage}[i])
		}
		f.SetContact(alice, func(c *rpc.Contact) { c.Forgotten = true })
		return f
	}
	onSizes(t, api, func(u *ui, size string) {
		u.press("alt+down")
		u.golden("failures-" + size)
	})
}

func TestScreenOfHostileText(t *testing.T) {
	api := func() *apitest.Fake {
		f := apitest.New()
		_, with := f.Befriend("Ali\u202ece\x1b[31m")
		f.Receive(with, "\x1b]0;title\a\x1b[2J red \u202e reversed \u200b zero")
		f.Receive(with, "wide 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字")
		f.Receive(with, "Z"+strings.Repeat("\u0301", 30)+"algo \U0001F469\u200d\U0001F469\u200d\U0001F467 \U0001F1E9\U0001F1EA")
		f.Receive(with, strings.Repeat("x", 300))
		return f
	}
	onSizes(t, api, func(u *ui, size string) {
		u.press("alt+down")
		u.golden("hostile-" + size)
	})
}

func TestScreenOfComposer(t *testing.T) {
	onSizes(t, village, func(u *ui, size string) {
		u.press("alt+down")
		for i := range 20 {
			u.typed(fmt.Sprintf("line %d", i))
			u.press("ctrl+j")
		}
		u.golden("composer-" + size)
	})
}

func TestScreenOfLongPaste(t *testing.T) {
	onSizes(t, village, func(u *ui, size string) {
		u.press("alt+down")
		u.send(paste(strings.Repeat("0123456789abcdef", 1<<16)))
		u.golden("paste-" + size)
	})
}

// Whatever the size of the screen, nothing is outside of it, and nothing breaks.
func TestEverySize(t *testing.T) {
	for w := 1; w <= 70; w += 3 {
		for _, h := range []int{1, 3, 6, 7, 9, 12, 40} {
			in(t, w, h, village, func(u *ui) {
				u.press("alt+down", "ctrl+up", "esc", "alt+down")
				u.typed("text that is longer than the screen is wide, perhaps")
				if w >= 20 && h >= 6 {
					u.fits()
				}
			})
		}
	}
}
