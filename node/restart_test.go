package node_test

import (
	"slices"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestRestart ends one side and starts it again on the same profile.
func TestRestart(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice := newParty(t, fake)
	daemon := attach(t, fake.ControlAddr(), fake.SocksAddr(), "")
	bob := newPartyOn(t, daemon)
	address := bob.Address()
	a := alice.begin(t, address)
	var said, heard []string
	for range 3 {
		b := bob.begin(t, alice.Address())
		here := numbered("there", 10)
		ids := a.say(t, here...)
		said = append(said, here...)
		b.awaitHeard(t, said[len(heard):])
		heard = append(heard, b.now().received...)
		back := numbered("back", 10)
		b.awaitDelivered(t, b.say(t, back...))
		a.await(t, "the deliveries", func(s *story) bool {
			return len(s.delivered) >= len(ids) && slices.Equal(s.delivered[len(s.delivered)-len(ids):], ids)
		})
		if err := bob.Close(); err != nil {
			t.Fatal(err)
		}
		a.await(t, "the end of the connection", func(s *story) bool { return !s.up() })
		// Said while nobody is there.
		later := numbered("later", 5)
		a.say(t, later...)
		said = append(said, later...)
		bob.start(t, daemon)
		if bob.Address() != address {
			t.Fatal("the address is another one after a restart")
		}
		b = bob.begin(t, alice.Address())
		b.awaitHeard(t, later)
		heard = append(heard, later...)
		a.await(t, "all deliveries", func(s *story) bool { return len(s.delivered) == len(said) })
		if err := bob.Close(); err != nil {
			t.Fatal(err)
		}
		a.await(t, "the end of the connection", func(s *story) bool { return !s.up() })
		bob.start(t, daemon)
	}
	if !slices.Equal(said, heard) {
		t.Errorf("%d messages were said, %d heard, or in another order", len(said), len(heard))
	}
	if n := a.Undelivered(); n != 0 {
		t.Errorf("%d messages are undelivered", n)
	}
}
