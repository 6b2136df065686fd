package node_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestIdleLink: a link that is of no use for five minutes is closed in good order, and
// its connection after it, but not one that is to stay.
func TestIdleLink(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, _ := watched(t, fake, func(cfg *node.Config) {
		cfg.SetClock(c.now)
		cfg.Hurry(node.Impatience{Unused: time.Second})
	})
	bob, carol := newRaw(t, fake), newRaw(t, fake)
	toBob, bobs := bob.join(t, alice)
	toCarol, carols := carol.join(t, alice)
	toBob.say(t)
	toCarol.say(t)
	keep := true
	if _, err := alice.UpdateContact(testContext(t), carols.ID, node.ContactUpdate{KeepConnected: &keep}); err != nil {
		t.Fatal(err)
	}
	c.forward(t, alice, 4*time.Minute)
	toBob.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	c.forward(t, alice, 4*time.Minute)
	toBob.say(t) // is no use
	awaitPresence(t, alice, bobs.ID, "online")
	c.forward(t, alice, 61*time.Second)
	for {
		if _, _, err := toBob.read(); err != nil {
			if err.Error() != "EOF" {
				t.Errorf("the link was not closed in good order: %v", err)
			}
			break
		}
	}
	awaitPresence(t, alice, bobs.ID, "offline")
	_ = toBob.Close()
	eventually(t, "the end of the connection", func() bool { return alice.ConnectionCount() == 1 })
	awaitPresence(t, alice, carols.ID, "online")
	toCarol.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}

// TestManyLinks: there are links with so many contacts at a time, and the one that was idle
// the longest makes room for another.
func TestManyLinks(t *testing.T) {
	t.Parallel()
	const many, most = 12, 8
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(cfg *node.Config) { cfg.SetLinks(most) })
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	var all []*raw
	for range many {
		r := newRawOn(t, shared, false)
		l, contact := r.join(t, alice)
		l.say(t) // so that nothing waits
		l.say(t, text(1, secret))
		alice.awaitKind(t, "message_received")
		awaitPresence(t, alice, contact.ID, "online")
		go func() { // leaves when the node does
			for {
				if _, _, err := l.read(); err != nil {
					_ = l.Close()
					return
				}
			}
		}()
		all = append(all, r)
	}
	eventually(t, "room", func() bool { return alice.LinkCount() <= most })
	s, err := alice.Status(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Connected != most {
		t.Errorf("%d contacts are there, want %d", s.Connected, most)
	}
	for i, want := range []string{"offline", "offline", "offline", "offline", "online"} {
		awaitPresence(t, alice, contactOf(t, alice, all[i].ID()).ID, want)
	}
	all[0].call(t, alice).say(t, text(2, secret))
	alice.awaitKind(t, "message_received")
}
