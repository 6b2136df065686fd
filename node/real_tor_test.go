package node_test

import (
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestTorKilled takes away the tor of one side and then that of the other, while both
// talk.
func TestTorKilled(t *testing.T) {
	t.Parallel()
	torOfAlice, torOfBob := startClient(t), startClient(t)
	p := &pair{
		alice: newPartyOn(t, attach(t, torOfAlice.Control, torOfAlice.Socks)),
		bob:   newPartyOn(t, attach(t, torOfBob.Control, torOfBob.Socks)),
	}
	p.ofAlice, p.ofBob = befriend(t, p.alice, p.bob)
	over := make(chan struct{})
	var talk sync.WaitGroup
	talk.Go(func() { p.talk(t, over) })
	for _, c := range []*tortest.Client{torOfAlice, torOfBob} {
		before := len(p.bob.heardIn(t, p.ofBob))
		eventually(t, "a conversation", func() bool { return len(p.bob.heardIn(t, p.ofBob)) > before })
		c.Kill()
		time.Sleep(time.Second) // to say something in the meantime
		if err := c.Restart(testContext(t)); err != nil {
			t.Error(err)
		}
	}
	close(over)
	talk.Wait()
	p.bob.awaitTexts(t, p.ofBob, p.toBob)
	p.alice.awaitTexts(t, p.ofAlice, p.toAlice)
	p.alice.awaitNothingWaits(t)
	p.bob.awaitNothingWaits(t)
}

// talk lets both say something every now and then until it is over.
func (p *pair) talk(t testing.TB, over <-chan struct{}) {
	t.Helper()
	for i := 0; ; i++ {
		select {
		case <-over:
			return
		case <-time.After(100 * time.Millisecond):
		}
		p.alice.say(t, p.ofAlice, numbered(i))
		p.bob.say(t, p.ofBob, numbered(i))
		p.toBob, p.toAlice = append(p.toBob, numbered(i)), append(p.toAlice, numbered(i))
	}
}
