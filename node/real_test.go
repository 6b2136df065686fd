package node_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestRealTor goes through what matters most on a private Tor network.
func TestRealTor(t *testing.T) {
	t.Parallel()
	aliceTor, bobTor := startTor(t), startTor(t)
	alice, bob := newPartyOn(t, aliceTor), newPartyOn(t, bobTor)
	if d, err := alice.Ping(testContext(t), bob.Address()); err != nil || d <= 0 {
		t.Fatalf("ping took %s, %v", d, err)
	}
	a, b := alice.begin(t, bob.Address()), bob.begin(t, alice.Address())
	toBob, toAlice := numbered("alice", 30), numbered("bob", 30)
	aliceSent, bobSent := a.say(t, toBob...), b.say(t, toAlice...)
	b.awaitHeard(t, toBob)
	a.awaitHeard(t, toAlice)
	a.awaitDelivered(t, aliceSent)
	b.awaitDelivered(t, bobSent)
	for _, d := range []*diary{a, b} {
		if s := d.now(); !s.up() || !s.connected[len(s.connected)-1].KnowsUs {
			t.Errorf("connected %v, disconnected %v", s.connected, s.disconnected)
		}
	}

	address := bob.Address()
	closeWithin(t, bob)
	a.await(t, "the end of the connection", func(s *story) bool { return !s.up() })
	later := numbered("later", 10)
	ids := a.say(t, later...)
	bob.start(t, bobTor)
	if bob.Address() != address {
		t.Fatal("the address is another one after a restart")
	}
	b = bob.begin(t, alice.Address())
	b.awaitHeard(t, later)
	a.awaitDelivered(t, append(aliceSent, ids...))
	closeWithin(t, alice)
	b.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return !s.up() })
}

// TestRealTorKilled takes one side's tor away in the middle of a conversation, and
// gives it back: the conversation goes on by itself.
func TestRealTorKilled(t *testing.T) {
	t.Parallel()
	client, err := privateNetwork(t).StartClient(testContext(t), tortest.ClientConfig{SocksFlags: "ExtendedErrors"})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	d := attach(t, client.Control, client.Socks, client.CookieFile)
	alice, bob := newPartyOn(t, d), newPartyOn(t, startTor(t))
	a, b := alice.begin(t, bob.Address()), bob.begin(t, alice.Address())
	said := a.say(t, "hello")
	a.awaitDelivered(t, said)
	b.awaitUp(t)
	client.Kill()
	killed := time.Now()

	a.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return !s.up() })
	ctx, cancel := context.WithTimeout(context.Background(), promptly)
	defer cancel()
	// Connections through tor and the one to its control port are lost at the same time,
	// and which loss is noticed first is up to the machine.
	for err = alice.Ready(ctx); err == nil && ctx.Err() == nil; err = alice.Ready(ctx) {
		time.Sleep(time.Millisecond)
	}
	if !errors.Is(err, tor.ErrControl) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ready: %v", err)
	}
	// The other side's tor ends the stream after anything from no time to 40 seconds, as
	// measured: a relay that has several circuits to end holds most of the news back until
	// it has something else to send to the same relay, which in a network this idle may
	// take a while.
	b.awaitFor(t, 90*time.Second, "the end of the connection at the other side", func(s *story) bool { return !s.up() })
	t.Logf("the other side noticed after %s", time.Since(killed))
	asked := b.say(t, "are you there?")
	said = append(said, a.say(t, "I was away")...)
	if err := client.Restart(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := alice.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	b.awaitDelivered(t, asked)
	a.awaitDelivered(t, said)
	closeWithin(t, alice)
	closeWithin(t, bob)
}
