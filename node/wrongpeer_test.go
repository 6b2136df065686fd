package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
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
