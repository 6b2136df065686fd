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
