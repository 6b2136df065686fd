package tui_test

import (
	"context"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// desktop has what was shown.
type desktop struct {
	shown []notify.Notice
	fail  error
}

func (d *desktop) show(_ context.Context, n notify.Notice) error {
	d.shown = append(d.shown, n)
	return d.fail
}

func notified(d *desktop, how string) func(*tui.Options) {
	return func(o *tui.Options) { o.Notify, o.Notifications = d.show, how }
}

func wantShown(t *testing.T, d *desktop, want ...notify.Notice) {
	t.Helper()
	if !slices.Equal(d.shown, want) {
		t.Errorf("shown are %+v, want %+v", d.shown, want)
	}
}

func TestNotification(t *testing.T) {
	d := new(desktop)
	in(t, 80, 24, village, func(u *ui) {
		bob := conversationOf(u.api, "Bob")
		u.api.Receive(bob, "one")
		u.settle()
		wantShown(t, d, notify.Notice{Title: "Onionwire", Body: "New message"})
		u.api.Receive(bob, "two")
		u.api.Receive(bob, "three")
		u.settle()
		wantShown(t, d, notify.Notice{Title: "Onionwire", Body: "New message"})
		u.pass(5 * time.Second) // not more often than every few seconds, and none is left out
		wantShown(t, d, notify.Notice{Title: "Onionwire", Body: "New message"}, notify.Notice{Title: "Onionwire", Body: "2 new messages"})
		if u.bells != 2 {
			t.Errorf("the bell rang %d times", u.bells)
		}
	}, notified(d, "desktop"))
}

// What somebody looks at, and what is muted, is no news.
func TestNoNotification(t *testing.T) {
	d := new(desktop)
	in(t, 80, 24, village, func(u *ui) {
		u.api.Receive(conversationOf(u.api, "Carol"), "muted")
		talkTo(u, "Bob")
		u.api.Receive(conversationOf(u.api, "Bob"), "seen")
		u.pass(5 * time.Second)
		wantShown(t, d)
		u.send(tea.BlurMsg{})
		u.api.Receive(conversationOf(u.api, "Bob"), "not seen")
		u.pass(5 * time.Second)
		wantShown(t, d, notify.Notice{Title: "Onionwire", Body: "New message"})
	}, notified(d, "desktop"))
}

func TestNotificationWithText(t *testing.T) {
	d := new(desktop)
	in(t, 80, 24, village, func(u *ui) {
		u.api.Receive(conversationOf(u.api, "Bob"), "hello\x1b[31m\nyou")
		u.settle()
		wantShown(t, d, notify.Notice{Title: "Bob", Body: "hello␛[31m␊you"})
	}, notified(d, "text"))
}

func TestBellOnly(t *testing.T) {
	for how, bells := range map[string]int{"bell": 1, "off": 0} {
		d := new(desktop)
		in(t, 80, 24, village, func(u *ui) {
			u.api.Ask("Eve", "me, too")
			u.settle()
			wantShown(t, d)
			if u.bells != bells {
				t.Errorf("%s: the bell rang %d times", how, u.bells)
			}
		}, notified(d, how))
	}
}

// A desktop that is not there is not asked again and again.
func TestNoDesktop(t *testing.T) {
	d := &desktop{fail: notify.ErrUnavailable}
	in(t, 80, 24, village, func(u *ui) {
		for range 3 {
			u.api.Receive(conversationOf(u.api, "Bob"), "x")
			u.pass(5 * time.Second)
		}
		if len(d.shown) != 1 || u.bells != 3 {
			t.Errorf("asked %d times, %d bells", len(d.shown), u.bells)
		}
	}, notified(d, "desktop"))
}
