package node_test

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestCellFlood: a contact who sends more than 20 cells at once, and 5 a second, waits
// for itself, and nobody else does.
func TestCellFlood(t *testing.T) {
	t.Parallel()
	const flood, burst, rate = 45, 20, 5
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newParty(t, fake)
	ofBob, _ := befriend(t, bob, alice)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	began := time.Now()
	var sender sync.WaitGroup
	defer sender.Wait()
	sender.Go(func() {
		for i := range flood {
			cell, err := mallory.seal(mallory.content(t, text(byte(i+1), secret)))
			if err == nil {
				err = l.conn.Write(wire.Cell, cell)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	of := func(c node.Contact) int { return len(textsOf(t, alice, c.Conversation)) }
	eventually(t, "the burst", func() bool { return of(contact) >= burst-2 }) // the handshake counts too
	for i := range 10 {
		arrivesOf(t, bob, alice, ofBob, fmt.Sprint(secret, i))
	}
	if n := of(contact); n == flood {
		t.Error("the flood is through before ten messages of somebody else")
	}
	eventually(t, "all of the flood", func() bool { return of(contact) == flood })
	if took, least := time.Since(began), time.Second*(flood-burst-2)/rate; took < least {
		t.Errorf("%d cells were taken in %s, want %s at least", flood, took, least)
	}
}

// arrivesOf is arrives for who hears of others meanwhile.
func arrivesOf(t testing.TB, from, to *party, in ledger.ConversationID, what string) {
	t.Helper()
	m, err := from.Send(testContext(t), in, what, node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	from.await(t, "delivery", func(e node.Event) bool {
		return e.Kind == "delivery_changed" && e.Message == m.Number && e.Delivery == "delivered"
	})
	if !to.hasText(t, what) {
		t.Fatal("what was delivered is not there")
	}
}

// TestRequestFlood: no number of requests makes more than 64 wait. One without an
// introduction goes first, and a contact is not kept out.
func TestRequestFlood(t *testing.T) {
	t.Parallel()
	const most, flood = 64, 70
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newParty(t, fake)
	ofBob, _ := befriend(t, bob, alice)
	bob.leave(t)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	ask := func(introduction string) *raw {
		r := newRawOn(t, shared, false)
		l := r.call(t, alice)
		l.say(t, wire.Request{Introduction: introduction, Addresses: r.addresses()})
		return r
	}
	rude := ask("")
	eventually(t, "the first request", func() bool { _, ok := findContact(t, alice, rude.ID()); return ok })
	for i := range flood {
		ask(fmt.Sprint(secret, i))
	}
	asking := func() (n int) {
		all, err := alice.Contacts(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.State == "asking" {
				n++
			}
		}
		return n
	}
	eventually(t, "all requests", func() bool { return alice.count("request_received") == flood+1 })
	if n := asking(); n != most {
		t.Errorf("%d requests wait, want %d", n, most)
	}
	if _, ok := findContact(t, alice, rude.ID()); ok {
		t.Error("the request without an introduction has not gone first")
	}
	bob.come(t)
	arrivesOf(t, bob, alice, ofBob, secret+" is back")
}

// TestHalfOpenStreams: handshakes that strangers do not go on with are bounded in
// number, and a contact is not kept out.
func TestHalfOpenStreams(t *testing.T) {
	t.Parallel()
	const strangers, each, most = 25, 3, 32
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	friend := newRaw(t, fake)
	friend.join(t, alice)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	ended := make(chan struct{}, strangers*each)
	for range strangers {
		r := newRawOn(t, shared, false)
		if err := r.dial(t, alice); err != nil {
			t.Fatal(err)
		}
		for range each {
			s := r.openOn(t, alice)
			m, err := r.handshake(t, s.Conn().RemotePeer(), true).Write()
			if err != nil {
				t.Fatal(err)
			}
			_ = wire.NewConn(s).Write(wire.Handshake, m)
			go func() {
				_, _ = io.Copy(io.Discard, s)
				ended <- struct{}{}
			}()
		}
	}
	for range strangers*each - most {
		select {
		case <-ended:
		case <-time.After(testTimeout):
			n, _ := alice.Handshakes()
			t.Fatalf("%d handshakes are under way, want %d", n, most)
		}
	}
	if n, _ := alice.Handshakes(); n > most {
		t.Errorf("%d handshakes are under way, want %d", n, most)
	}
	friend.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}

// TestHalfOpenStreamsOfAContact: a contact has few as well.
func TestHalfOpenStreamsOfAContact(t *testing.T) {
	t.Parallel()
	const many, most = 30, 4
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	mallory.join(t, alice)
	ended := make(chan struct{}, many)
	for range many {
		s := mallory.openOn(t, alice)
		_, _ = s.Write([]byte{1}) // the beginning of a frame
		go func() {
			_, _ = io.Copy(io.Discard, s)
			ended <- struct{}{}
		}()
	}
	for range many - most {
		<-ended
	}
	if _, n := alice.Handshakes(); n > most {
		t.Errorf("%d handshakes are under way, want %d", n, most)
	}
	mallory.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}
