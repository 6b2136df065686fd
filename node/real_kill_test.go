package node_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// TestKilledUnderLoad kills two nodes at random moments while both send.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	alice, bob := newRemote(t, sharedClient(t, 0)), newRemote(t, sharedClient(t, 1))
	kills, messages := 30, 2000
	if soak {
		kills, messages = 300, 20_000
	}
	killUnderLoad(t, alice, bob, kills, messages)
}

// TestKilledWithItsTor is the same with processes that have a tor of their own, which
// ends with them.
func TestKilledWithItsTor(t *testing.T) {
	t.Parallel()
	torrc := childTorrc + "=" + privateNetwork(t).Torrc()
	alice, bob := startRemote(t, torrc), startRemote(t, torrc)
	killUnderLoad(t, alice, bob, 4, 200)
}

func killUnderLoad(t *testing.T, alice, bob *remote, kills, count int) {
	t.Helper()
	began := time.Now()
	ofAlice, ofBob := befriendRemotes(t, alice, bob)
	var allowed atomic.Int64
	var senders sync.WaitGroup
	senders.Go(func() { alice.sendAll(t, ofAlice, count, func() int { return int(allowed.Load()) }) })
	senders.Go(func() { bob.sendAll(t, ofBob, count, func() int { return int(allowed.Load()) }) })
	for k := range kills {
		allowed.Store(int64((k + 1) * count / (kills + 1)))
		if k%3 > 0 { // in the midst of it
			before := alice.received() + bob.received()
			eventually(t, "messages", func() bool { return alice.received()+bob.received() > before })
		}
		time.Sleep(rand.N(longestLife))
		victims := []*remote{alice, bob}
		rand.Shuffle(2, func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
		for _, r := range victims[:1+k%10/9] { // both now and then
			r.kill(t)
			if k%5 == 0 {
				r.checkCopy(t)
			}
		}
		for _, r := range victims {
			if r.cmd == nil {
				r.start(t)
			}
		}
		if t.Failed() {
			break
		}
	}
	allowed.Store(int64(count))
	senders.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d kills took %s", kills, time.Since(began).Round(time.Second))
	for _, r := range []*remote{alice, bob} {
		eventually(t, "all deliveries", func() bool {
			var s node.Status
			r.call(t, "status", nil, &s)
			return s.Waiting == 0
		})
	}
	t.Logf("all was delivered after %s", time.Since(began).Round(time.Second))
	wantAll(t, alice, ofAlice, count)
	wantAll(t, bob, ofBob, count)
	for _, r := range []*remote{alice, bob} {
		r.leave(t)
		r.check(t)
	}
}

// longestLife bounds for how long more a process runs before it is killed.
const longestLife = time.Second

// wantAll fails the test unless a conversation has all messages of both sides, each
// once and in order, and unless each event was told once and in order.
func wantAll(t *testing.T, r *remote, in ledger.ConversationID, count int) {
	t.Helper()
	var sent, received int
	var arrived []ledger.MessageNumber
	for _, m := range r.messages(t, in) {
		next := &sent
		if m.Sender != 0 {
			next = &received
			arrived = append(arrived, m.Number)
		} else if len(m.Deliveries) != 1 || m.Deliveries[0].State != "delivered" {
			t.Errorf("%q is %+v", m.Text, m.Deliveries)
		}
		if m.Text != numbered(*next) {
			t.Fatalf("%q is where message %d of sender %d should be", m.Text, *next, m.Sender)
		}
		*next++
	}
	if sent != count || received != count {
		t.Errorf("%d messages were sent and %d received, want %d", sent, received, count)
	}
	var status node.Status
	r.call(t, "status", nil, &status)
	eventually(t, "the last event", func() bool {
		all := r.events()
		return len(all) > 0 && all[len(all)-1].Cursor >= status.Cursor
	})
	var told []ledger.MessageNumber
	states := make(map[ledger.MessageNumber]string)
	last := ledger.Cursor(0)
	for _, e := range r.events() {
		if e.Cursor != last+1 {
			t.Fatalf("event %d comes after %d", e.Cursor, last)
		}
		last = e.Cursor
		switch e.Kind {
		case rpc.EventKindName(ledger.MessageReceived):
			told = append(told, e.Message)
		case rpc.EventKindName(ledger.MessageQueued), rpc.EventKindName(ledger.DeliveryChanged):
			states[e.Message] += fmt.Sprint(e.Delivery, " ")
		}
	}
	if fmt.Sprint(told) != fmt.Sprint(arrived) {
		t.Errorf("events tell of messages %d, %d have come", told, arrived)
	}
	if len(states) != count {
		t.Errorf("events tell of %d messages that were sent", len(states))
	}
	for number, was := range states {
		if was != "queued sent delivered " {
			t.Errorf("message %d was %s", number, was)
		}
	}
}
