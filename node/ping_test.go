package node_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestPing(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	for range 3 { // the first one connects
		d, err := alice.Ping(testContext(t), bob.Address())
		if err != nil || d <= 0 || d > promptly {
			t.Fatalf("ping took %s, %v", d, err)
		}
	}
	address := bob.Address()
	if err := bob.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(promptly)
	for {
		_, err := alice.Ping(testContext(t), address)
		if errors.Is(err, tortransport.ErrNotFound) {
			wantNoAddress(t, err, address)
			break
		}
		// The end of the connection may still be on its way.
		if time.Now().After(deadline) {
			t.Fatalf("who has left answers with %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestPingGivesUp(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Silent: true} })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	within(t, "giving up", func() {
		if _, err := alice.Ping(ctx, bob.Address()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	if err := alice.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Ping(testContext(t), bob.Address()); !errors.Is(err, node.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
