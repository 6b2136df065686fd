package node_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
)

// dialPause is more than the least time between two dials to one contact.
const dialPause = 6 * time.Second

// pair are two contacts and the conversation that each has with the other.
type pair struct {
	clock          clock
	alice, bob     *party
	ofAlice, ofBob ledger.ConversationID
	toAlice, toBob []string
	crossed        int // in how many rounds there were two links
}

func newPair(t testing.TB) *pair {
	t.Helper()
	return newPairOn(t, 0)
}

// newPairOn makes two who use two of the daemons that tests share, the first and the
// next: a tor that has many services to publish takes its time.
func newPairOn(t testing.TB, first int) *pair {
	t.Helper()
	p := new(pair)
	clocked := func(cfg *node.Config) { cfg.SetClock(p.clock.now) }
	p.alice = newPartyWith(t, sharedTor(t, first), clocked)
	p.bob = newPartyWith(t, sharedTor(t, first+1), clocked)
	p.ofAlice, p.ofBob = befriend(t, p.alice, p.bob)
	return p
}

// TestSimultaneousDials lets both sides call each other in the same moment, 50 times in a
// row: one link is left each time, and nothing is lost or doubled by the other.
func TestSimultaneousDials(t *testing.T) {
	t.Parallel()
	pairs, rounds := 1, 50
	if soak {
		pairs = 10
	}
	all := make([]*pair, pairs)
	var made sync.WaitGroup
	for i := range all {
		made.Go(func() { all[i] = newPairOn(t, i%2*2) })
	}
	made.Wait()
	if t.Failed() {
		return
	}
	for round := range rounds {
		for _, p := range all {
			p.alice.awaitNothingWaits(t)
			p.bob.awaitNothingWaits(t)
		}
		for _, p := range all {
			p.clock.forward(t, p.alice, dialPause)
			p.bob.Hold()()
		}
		var rounds sync.WaitGroup
		for _, p := range all {
			rounds.Go(func() { p.callBoth(t, round) })
		}
		rounds.Wait()
		if t.Failed() {
			return
		}
	}
	twice := 0
	for _, p := range all {
		twice += p.crossed
	}
	t.Logf("in %d of %d rounds two links were seen", twice, pairs*rounds)
	if twice == 0 {
		t.Error("no call has crossed another one")
	}
}

// callBoth cuts what connects two, and lets both say something at once.
func (p *pair) callBoth(t *testing.T, round int) {
	t.Helper()
	p.alice.CutConnections()
	p.bob.CutConnections()
	eventually(t, "the end of all links", func() bool {
		return p.alice.LinkCount() == 0 && p.bob.LinkCount() == 0
	})
	begin := make(chan struct{})
	var both sync.WaitGroup
	for _, side := range []struct {
		from *party
		in   ledger.ConversationID
		said *[]string
	}{{p.alice, p.ofAlice, &p.toBob}, {p.bob, p.ofBob, &p.toAlice}} {
		var texts []string
		for i := range 5 {
			texts = append(texts, fmt.Sprint("text ", round, i))
		}
		*side.said = append(*side.said, texts...)
		both.Go(func() {
			<-begin
			side.from.say(t, side.in, texts...)
		})
	}
	close(begin)
	two := false
	done := make(chan struct{})
	go func() {
		defer close(done)
		both.Wait()
		p.bob.awaitTexts(t, p.ofBob, p.toBob)
		p.alice.awaitTexts(t, p.ofAlice, p.toAlice)
		p.alice.awaitNothingWaits(t)
		p.bob.awaitNothingWaits(t)
	}()
	for over := false; !over; {
		select {
		case <-done:
			over = true
		case <-time.After(5 * time.Millisecond):
			two = two || p.alice.LinkCount() > 1 || p.bob.LinkCount() > 1
		}
	}
	if two {
		p.crossed++
	}
	one := func() bool { return p.alice.LinkCount() == 1 && p.bob.LinkCount() == 1 }
	for deadline := time.Now().Add(testTimeout); !one(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("in round %d there are %d and %d links", round, p.alice.LinkCount(), p.bob.LinkCount())
			return
		}
	}
}
