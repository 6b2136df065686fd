package node_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// numbered gives n different texts, of which some need more than one cell.
func numbered(who string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s %d %s", who, i, strings.Repeat("x", i%7*1000))
	}
	return texts
}

func TestChatBothWays(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	a := alice.begin(t, bob.Address())
	b := bob.begin(t, alice.Address())
	toBob, toAlice := numbered("alice", 20), numbered("bob", 20)
	aliceSent := a.say(t, toBob...)
	bobSent := b.say(t, toAlice...)
	b.awaitHeard(t, toBob)
	a.awaitHeard(t, toAlice)
	a.awaitDelivered(t, aliceSent)
	b.awaitDelivered(t, bobSent)
	if a.Peer() != bob.Address().Peer || b.Peer() != alice.Address().Peer {
		t.Error("the conversations are with other peers")
	}
}

// TestKnowsUs checks that each side learns whether the other counts it among
// its contacts.
func TestKnowsUs(t *testing.T) {
	t.Parallel()
	t.Run("mutual", func(t *testing.T) {
		t.Parallel()
		fake := tortest.NewFake(t)
		alice, bob := newParty(t, fake), newParty(t, fake)
		a := alice.begin(t, bob.Address())
		b := bob.begin(t, alice.Address())
		for _, d := range []*diary{a, b} {
			d.awaitUp(t)
			if !d.now().connected[0].KnowsUs {
				t.Error("a contact seems not to know us")
			}
		}
	})
	t.Run("one knows", func(t *testing.T) {
		t.Parallel()
		fake := tortest.NewFake(t)
		alice, bob := newParty(t, fake), newParty(t, fake, admitAll)
		a := alice.begin(t, bob.Address())
		b := bob.accept(t)
		a.awaitUp(t)
		b.awaitUp(t)
		if a.now().connected[0].KnowsUs {
			t.Error("who only admits us seems to know us")
		}
		if !b.now().connected[0].KnowsUs {
			t.Error("who called us seems not to know us")
		}
	})
}

// TestSessionIsNotLogged: the ID of a session is the same on both sides, so not
// a part of it may be logged, or two logs would tell who talks with whom.
func TestSessionIsNotLogged(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	d := alice.accept(t)
	l.sendText(t, "hello")
	d.awaitHeard(t, []string{"hello"})
	l.Reset()
	d.await(t, "the end of the connection", func(s *story) bool { return len(s.disconnected) == 1 })
	log, id := alice.log.all(), l.SessionID()
	if !strings.Contains(log, "connected") {
		t.Fatal("a connection is not logged")
	}
	name := hex.EncodeToString(id[:])
	for i := range len(name) - 7 {
		if strings.Contains(strings.ToLower(log), name[i:i+8]) {
			t.Fatalf("a part of the session's ID is logged:\n%s", log)
		}
	}
}

// TestDeliveredMeansConfirmed sends to a peer that confirms when it is told to.
func TestDeliveredMeansConfirmed(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, peer := newParty(t, fake), newStranger(t, fake, nil)
	a := alice.begin(t, peer.address)
	l := peer.answer(t, peer.opened(t))
	ids := a.say(t, "hello")
	if m, ok := l.next(t).(wire.Message); !ok || m.ID != ids[0] || m.Text != "hello" {
		t.Fatal("something else than the message arrived")
	}
	l.sendText(t, "something else")
	a.awaitHeard(t, []string{"something else"})
	if _, ok := l.next(t).(wire.Confirmation); !ok {
		t.Fatal("something else than the confirmation arrived")
	}
	if len(a.now().delivered) != 0 || a.Undelivered() != 1 {
		t.Fatal("delivered before it was confirmed")
	}
	l.confirm(t, ids[0])
	a.awaitDelivered(t, ids)
}

func TestMessagesWaitForTheContact(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice := newParty(t, fake)
	daemon := attach(t, fake.ControlAddr(), fake.SocksAddr(), "")
	bob := newPartyOn(t, daemon)
	address := bob.Address()
	if err := bob.Close(); err != nil {
		t.Fatal(err)
	}
	a := alice.begin(t, address)
	texts := numbered("alice", 10)
	ids := a.say(t, texts...)
	a.await(t, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
	err := a.now().unreachable[0]
	if !errors.Is(err, tortransport.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	wantNoAddress(t, err, address)
	bob.start(t, daemon)
	b := bob.begin(t, alice.Address())
	b.awaitHeard(t, texts)
	a.awaitDelivered(t, ids)
}

// wantNoAddress fails the test if an error tells where a contact can be reached.
func wantNoAddress(t testing.TB, err error, a node.Address) {
	t.Helper()
	for _, secret := range []string{a.Onion.ServiceID(), a.Peer.String()} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error contains the address: %v", err)
		}
	}
}

func TestConcurrentSendKeepsTheOrderOfEachGoroutine(t *testing.T) {
	t.Parallel()
	const senders, each = 8, 50
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake, admitAll)
	a := alice.begin(t, bob.Address())
	var tasks sync.WaitGroup
	for g := range senders {
		tasks.Go(func() {
			for i := range each {
				if _, err := a.Send(fmt.Sprintf("%d:%02d", g, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	b := bob.accept(t)
	tasks.Wait()
	b.await(t, "all messages", func(s *story) bool { return len(s.received) >= senders*each })
	a.await(t, "all deliveries", func(s *story) bool { return len(s.delivered) >= senders*each })
	received := b.now().received
	for g := range senders {
		own := slices.DeleteFunc(slices.Clone(received), func(s string) bool { return s[:1] != fmt.Sprint(g) })
		if len(own) != each || !slices.IsSorted(own) {
			t.Errorf("the messages of sender %d arrived as %q", g, own)
		}
	}
}
