package tui_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

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
		u.sees("○ not reachable: SOMEBODY ELSE answers at this address")
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
		var asked atomic.Bool // calls are made beside each other
		f.Fail = func(method string) error {
			if method == "Presence" && asked.Swap(true) {
				return rpc.ErrState
			}
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

// Who is not connected is not said to be away, nor who does not answer any more to be there.
func TestPresenceIsNoWorseThanItIs(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		u.press("alt+down")
		appear := func(p rpc.Presence) {
			u.api.Appear(1, p)
			u.settle()
		}
		at := func(after time.Duration) rpc.Time { return rpc.TimeOf(u.api.Now().Add(after)) }
		appear(rpc.Presence{State: rpc.Offline})
		u.sees("○ not connected")
		appear(rpc.Presence{
			State: rpc.Offline, Trouble: rpc.NotThere, Heard: at(-3 * time.Hour), Tried: at(-2 * time.Minute), Next: at(13*time.Minute + time.Second),
		})
		u.sees("○ not reachable, tried 2 min ago, next try in 13 min, heard 3 h ago")
		appear(rpc.Presence{State: rpc.Silent, Heard: at(-14 * time.Second)})
		u.sees("◐ heard 14 s ago", "◐ Alice")
		u.misses("● online", "● Alice")
		u.pass(3 * time.Second)
		u.sees("◐ heard 17 s ago")
	})
}

// A contact whose conversation is opened is dialled, once, if there is no connection; and
// again when somebody writes to them.
func TestWhoIsLookedAtIsDialled(t *testing.T) {
	var dialled atomic.Int32
	two := func() *apitest.Fake {
		f := pair()
		f.Befriend("Bob")
		f.Befriend("Carol")
		f.Fail = func(method string) error {
			if method == "Ping" {
				dialled.Add(1)
			}
			return nil
		}
		return f
	}
	in(t, 80, 24, two, func(u *ui) {
		check := func(want int32, when string) {
			t.Helper()
			if got := dialled.Swap(0); got != want {
				t.Errorf("%d dials %s, want %d", got, when, want)
			}
		}
		u.api.Appear(2, rpc.Presence{State: rpc.Offline})
		u.api.Appear(3, rpc.Presence{State: rpc.Connecting})
		u.pass(10 * time.Second)
		check(0, "for whom nobody looks at")
		command(u, "goto Alice")
		u.pass(10 * time.Second)
		check(0, "for who is there")
		command(u, "goto Carol")
		u.pass(10 * time.Second)
		check(0, "for who is dialled")
		command(u, "goto Bob")
		u.pass(2 * time.Minute)
		check(1, "for who is not connected")
		u.press("h", "i")
		u.pass(2 * time.Second)
		check(1, "for whom somebody writes to")
		u.press("!")
		u.pass(2 * time.Second)
		check(0, "for the next letter")
		command(u, "goto Alice")
		u.pass(2 * time.Second)
		command(u, "goto Bob")
		u.pass(2 * time.Second)
		check(1, "when they are looked at again")
		u.pass(time.Minute)
		check(0, "as long as nothing changes")
		u.api.Appear(2, rpc.Presence{State: rpc.Silent})
		u.pass(2 * time.Second)
		check(1, "when they fall silent")
	})
}
