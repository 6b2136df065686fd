package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
)

// loseSessions lets a program start without its sessions.
func (p *person) loseSessions(other *person) {
	p.die()
	id := p.contact(other).ID
	sessions, err := p.disk.Sessions(id)
	p.must(err)
	for _, s := range sessions {
		p.must(p.disk.Apply(ledger.DropSession{Contact: id, ID: s.ID}))
	}
	p.start()
}

// TestLostSessions of either side are made up for by a handshake.
func TestLostSessions(t *testing.T) {
	for name, who := range map[string][]int{"the sender's": {0}, "the receiver's": {1}, "both": {0, 1}} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			alice.send(bob, "first")
			w.pass(time.Minute)
			for _, i := range who {
				w.people[i].loseSessions(w.people[1-i])
			}
			alice.send(bob, "second")
			bob.send(alice, "third")
			w.pass(10 * time.Minute)
			bob.expect(alice, "alice: first", "bob: third", "alice: second")
			alice.expect(bob, "alice: first", "alice: second", "bob: third")
			if alice.waiting()+bob.waiting() != 0 {
				t.Error("something waits")
			}
		})
	}
}

// TestSpoiledSession is as good as lost.
func TestSpoiledSession(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.die()
	sessions, err := alice.disk.Sessions(1)
	alice.must(err)
	for _, s := range sessions {
		s.Saved[20] ^= 1
		alice.must(alice.disk.Apply(ledger.PutSession{Contact: 1, Session: s}))
	}
	alice.start()
	if err := alice.engine.Load(alice.now(), 1, engine.Loaded{Sessions: sessions}); err == nil {
		t.Error("nobody says why")
	}
	alice.send(bob, "hello")
	w.pass(10 * time.Minute)
	bob.expect(alice, "alice: hello")
}

// TestRestoredProfile: the other side is told, keeps what waits, and delivers it when
// it is asked again.
func TestRestoredProfile(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "before")
	w.pass(time.Minute)
	bob.die()
	bob.disk = memory.New()
	bob.start()
	alice.send(bob, "hello")
	w.pass(time.Hour)
	if !alice.contact(bob).Forgotten {
		t.Error("alice does not know that she was forgotten")
	}
	alice.wants(bob, ledger.Accepted)
	bob.add(alice)
	w.pass(time.Hour)
	bob.wants(alice, ledger.Accepted)
	bob.expect(alice, "alice: hello")
	if alice.contact(bob).Forgotten {
		t.Error("alice believes still that she is forgotten")
	}
}

// TestUnreadableCells lead to a handshake, but not to many: whoever sends them decides
// when.
func TestUnreadableCells(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	id := alice.contact(r.person).ID
	handshakes := 0
	for range 20 {
		if !r.up() {
			r.attach(id)
			alice.load(id)
			r.must(alice.engine.LinkUp(alice.now(), engine.LinkUp{Link: r.plug.link, Contact: id}))
			alice.flush()
		}
		is(t, r.give(make([]byte, 4096)), engine.ErrUnreadable)
		if r.up() {
			t.Fatal("the link is there still")
		}
		alice.load(id)
		if o, err := alice.engine.Opening(id, false); err != nil {
			t.Fatal(err)
		} else if o.Handshake {
			handshakes++
			r.connect()
		}
		w.pass(15 * time.Second)
	}
	if handshakes < 2 || handshakes > 6 {
		t.Errorf("%d handshakes in 5 minutes", handshakes)
	}
}

// TestRestartWithPendingSession: what was sealed under it and not confirmed is sealed
// again.
func TestRestartWithPendingSession(t *testing.T) {
	w, alice, bob := two(t)
	w.latency = time.Second
	alice.add(bob)
	for len(alice.plugs) == 0 { // until message 3 has left
		w.pass(100 * time.Millisecond)
	}
	cells, err := alice.disk.AllCells()
	alice.must(err)
	if len(cells) == 0 {
		t.Fatal("nothing rides with message 3")
	}
	alice.restart()
	w.pass(10 * time.Minute)
	bob.wants(alice, ledger.Asking)
	if alice.waiting() != 0 {
		t.Error("something waits")
	}
}

// TestSessionThatIsNotTrusted: message 3 has arrived and nobody has heard of it. The other
// side goes on with the session, on a link that it opens, and there it proves to be good.
func TestSessionThatIsNotTrusted(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.loseSessions(bob)
	bob.loseSessions(alice)
	w.latency = time.Second
	alice.send(bob, "hello")
	for len(alice.plugs) == 0 { // until message 3 has left
		w.pass(100 * time.Millisecond)
	}
	bob.silence(true)
	w.pass(5 * time.Second)
	w.cutAll()
	w.dialTime = time.Hour // of alice
	alice.restart()
	w.pass(time.Second)
	before := alice.lastLink
	w.dialTime = time.Second
	bob.send(alice, "are you there?")
	w.pass(5 * time.Minute)
	alice.expect(bob, "alice: hello", "bob: are you there?")
	if n := alice.lastLink - before; n != 1 {
		t.Errorf("it took %d links", n)
	}
}

// TestGap: more cells are lost in a row than a session can skip.
func TestGap(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	yes := true
	for _, p := range w.people {
		p.must(p.engine.UpdateContact(p.now(), 1, engine.ContactUpdate{KeepConnected: &yes}))
		p.flush()
	}
	alice.silence(true)
	for range 1100 {
		w.pass(4 * time.Second)
		alice.must(alice.engine.Typing(alice.now(), 1))
		alice.flush()
	}
	alice.silence(false)
	alice.send(bob, "hello")
	w.pass(time.Hour)
	bob.expect(alice, "alice: hello")
	if text := fmt.Sprint(bob.errs); !strings.Contains(text, engine.ErrUnreadable.Error()) {
		t.Errorf("errors are %s", text)
	}
}
