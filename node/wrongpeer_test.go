package node_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestWrongPeer gives the onion address of one and the peer ID of another.
func TestWrongPeer(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob, carol := newParty(t, fake), newParty(t, fake), newParty(t, fake)
	address := bob.Address()
	address.Peer = carol.Address().Peer
	d := alice.begin(t, address)
	d.await(t, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
	err := d.now().unreachable[0]
	if !errors.Is(err, node.ErrWrongPeer) {
		t.Errorf("error %v", err)
	}
	wantNoAddress(t, err, address)
	wantNoAddress(t, err, bob.Address())
	if _, err := alice.Ping(testContext(t), address); !errors.Is(err, node.ErrWrongPeer) {
		t.Errorf("Ping: %v", err)
	}
}

// TestWrongPeerEndsDialling: who dials somebody else than the contact does not do
// so again, until there is an address to try.
func TestWrongPeerEndsDialling(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	var dials atomic.Int32
	alice, bob, carol := newParty(t, fake), newParty(t, fake), newParty(t, fake, admitAll)
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		dials.Add(1)
		return tortest.FakeSocksReply{}
	})
	address := carol.Address()
	address.Onion = bob.Address().Onion
	d := alice.begin(t, address)
	ids := d.say(t, "hello, Carol")
	wantLastTry(t, d, node.ErrWrongPeer)
	if n := dials.Load(); n != 1 {
		t.Errorf("dialled %d times", n)
	}

	// The conversation goes on where the contact is.
	again, err := alice.Conversation(carol.Address())
	if err != nil || again != d.Conversation {
		t.Fatalf("another conversation, %v", err)
	}
	carol.accept(t).awaitHeard(t, []string{"hello, Carol"})
	d.awaitDelivered(t, ids)
}

// TestWrongPeerConnects: the contact can still connect from their side.
func TestWrongPeerConnects(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob, carol := newParty(t, fake), newParty(t, fake), newParty(t, fake)
	address := carol.Address()
	address.Onion = bob.Address().Onion
	d := alice.begin(t, address)
	wantLastTry(t, d, node.ErrWrongPeer)
	carol.begin(t, alice.Address()).say(t, "it is me")
	d.awaitHeard(t, []string{"it is me"})
}

// TestNotProvenEndsDialling: neither does who reached the right peer ID and was
// shown another identity.
func TestNotProvenEndsDialling(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake), newStranger(t, fake, nil)
	d := alice.begin(t, s.address)
	stream := s.opened(t)
	conn, h := wire.NewConn(stream), s.handshakeAs(t, newIdentity(t), alice.Address().Peer, false)
	readHandshake(t, conn, h)
	writeHandshake(t, conn, h)
	wantLastTry(t, d, node.ErrNotProven)
}

// wantLastTry fails the test unless connecting fails once, and for good.
func wantLastTry(t testing.TB, d *diary, want error) {
	t.Helper()
	d.await(t, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
	s := d.now()
	if !errors.Is(s.unreachable[0], want) || s.retries[0] != 0 {
		t.Errorf("error %v, next try in %s; want %v and none", s.unreachable[0], s.retries[0], want)
	}
}

// TestAddressChanges: another address of the same contact takes the place of the
// one that is being tried.
func TestAddressChanges(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob, gone := newParty(t, fake), newParty(t, fake, admitAll), newParty(t, fake)
	address := bob.Address()
	address.Onion = gone.Address().Onion
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	d := alice.begin(t, address)
	d.await(t, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
	if _, err := alice.Conversation(bob.Address()); err != nil {
		t.Fatal(err)
	}
	d.awaitFor(t, promptly, "a connection at the new address", (*story).up)
}

func TestOwnAddress(t *testing.T) {
	t.Parallel()
	alice := newParty(t, tortest.NewFake(t))
	if _, err := alice.Conversation(alice.Address()); !errors.Is(err, node.ErrSelf) {
		t.Errorf("Conversation: %v", err)
	}
	if _, err := alice.Ping(testContext(t), alice.Address()); !errors.Is(err, node.ErrSelf) {
		t.Errorf("Ping: %v", err)
	}
}
