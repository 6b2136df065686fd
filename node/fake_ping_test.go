package node_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// pinged pings a contact who answers.
func pinged(t testing.TB, p *party, id ledger.ContactID) rpc.Duration {
	t.Helper()
	trip, err := p.Ping(testContext(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if trip <= 0 {
		t.Errorf("the round trip takes %v", trip)
	}
	return trip
}

// TestPing: on the connection that there is, and on another one if there is none.
func TestPing(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, _ := watched(t, fake, nil)
	befriend(t, alice, bob)
	id := contactOf(t, alice, bob.profile.Peer()).ID
	pinged(t, alice, id)
	dials := len(fake.Requests())
	pinged(t, alice, id)
	if n := len(fake.Requests()); n != dials {
		t.Errorf("%d dials for a contact who is connected", n-dials)
	}
	alice.CutConnections()
	bob.CutConnections()
	awaitPresence(t, alice, id, "offline")
	pinged(t, alice, id)
	awaitPresence(t, alice, id, "online")
	if s, err := alice.Status(testContext(t)); err != nil || s.Waiting != 0 {
		t.Errorf("%d messages wait because of a ping, %v", s.Waiting, err)
	}
}

// TestPingOfSomebodyWhoIsAway ends with the first dial that fails, or with its time, and
// says why.
func TestPingOfSomebodyWhoIsAway(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, _ := watched(t, fake, nil)
	befriend(t, alice, bob)
	id := contactOf(t, alice, bob.profile.Peer()).ID
	bob.leave(t)
	awaitPresence(t, alice, id, "offline")
	_, err := alice.Ping(testContext(t), id)
	if !errors.Is(err, node.ErrUnreachable) || !strings.Contains(err.Error(), ": ") {
		t.Errorf("error is %v, want ErrUnreachable and why", err)
	}
	if told.MatchString(err.Error()) {
		t.Errorf("the error says too much: %v", err)
	}
	ctx, cancel := context.WithTimeout(testContext(t), 10*time.Millisecond)
	defer cancel()
	if _, err := alice.Ping(ctx, id); !errors.Is(err, node.ErrUnreachable) {
		t.Errorf("error is %v, want ErrUnreachable", err)
	}
	gone, cancel := context.WithCancel(testContext(t))
	cancel()
	if _, err := alice.Ping(gone, id); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that of the context", err)
	}
}

// TestPingWithoutAnswer: a connection on which nothing comes back is given up, not shown
// as a slow one.
func TestPingWithoutAnswer(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Answer: 200 * time.Millisecond}) })
	mallory := newRaw(t, fake)
	mallory.SetStreamHandler(ping.ID, func(network.Stream) {}) // and no more
	_, contact := mallory.join(t, alice)
	awaitPresence(t, alice, contact.ID, "online")
	ctx, cancel := context.WithTimeout(testContext(t), 3*time.Second)
	defer cancel()
	if _, err := alice.Ping(ctx, contact.ID); !errors.Is(err, node.ErrUnreachable) {
		t.Errorf("error is %v, want ErrUnreachable", err)
	}
	awaitPresence(t, alice, contact.ID, "offline")
}

func TestWhoCannotBePinged(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	if _, err := alice.Ping(testContext(t), 99); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("somebody unknown: %v, want ErrNotFound", err)
	}
	bob := newRaw(t, fake)
	asked, err := alice.AddContact(testContext(t), bob.link(), node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Ping(testContext(t), asked.ID); !errors.Is(err, node.ErrState) {
		t.Errorf("somebody who has not accepted: %v, want ErrState", err)
	}
	carol := newRaw(t, fake)
	_, contact := carol.join(t, alice)
	carol.Close()
	awaitPresence(t, alice, contact.ID, "offline")
	fake.OnCommand(func(command string) tortest.FakeReply {
		if command == "GETINFO status/bootstrap-phase" {
			return tortest.FakeReply{Lines: []string{
				`250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=50 TAG=loading SUMMARY="Loading"`, "250 OK",
			}}
		}
		return tortest.FakeReply{}
	})
	fake.DropControl()
	eventually(t, "a tor that begins anew", func() bool {
		s, err := alice.Status(testContext(t))
		return err == nil && s.Tor == "connected" && s.Bootstrap == 50
	})
	ctx, cancel := context.WithTimeout(testContext(t), 50*time.Millisecond)
	defer cancel()
	if _, err := alice.Ping(ctx, contact.ID); !errors.Is(err, node.ErrUnavailable) || errors.Is(err, node.ErrUnreachable) {
		t.Errorf("while Tor connects: %v, want ErrUnavailable", err)
	}
	alice.daemon.Close()
	if _, err := alice.Ping(testContext(t), asked.ID); !errors.Is(err, node.ErrUnavailable) {
		t.Errorf("without Tor: %v, want ErrUnavailable", err)
	}
}
