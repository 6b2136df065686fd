package node_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestConnectionCutInABurst cuts connections after some hundred thousand bytes
// while both sides send.
func TestConnectionCutInABurst(t *testing.T) {
	t.Parallel()
	const cuts, messages = 12, 200
	fake := tortest.NewFake(t)
	var made atomic.Int32
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		var r tortest.FakeSocksReply
		if n := made.Add(1); n <= cuts {
			cut := 30_000 + rand.Int64N(300_000)
			if n%2 == 0 {
				r.CutSent = cut
			} else {
				r.CutReceived = cut
			}
		}
		return r
	})
	alice, bob := newParty(t, fake), newParty(t, fake)
	a := alice.begin(t, bob.Address())
	b := bob.begin(t, alice.Address())
	toBob, toAlice := numbered("alice", messages), numbered("bob", messages)
	aliceSent, bobSent := a.say(t, toBob...), b.say(t, toAlice...)
	b.awaitHeard(t, toBob)
	a.awaitHeard(t, toAlice)
	a.awaitDelivered(t, aliceSent)
	b.awaitDelivered(t, bobSent)
	t.Logf("%d connections were made; alice's ended with %v", made.Load(), a.now().disconnected)
	if n := len(a.now().disconnected); n < 3 {
		t.Errorf("only %d connections were cut: the test shows nothing", n)
	}
}
