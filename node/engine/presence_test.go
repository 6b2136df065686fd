package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
)

// presences returns what was told of who is there.
func (p *person) presences() (all []bool) {
	for _, s := range p.signals {
		if s, ok := s.(engine.Presence); ok {
			all = append(all, s.Online)
		}
	}
	return all
}

// TestPresence is what was proven, of contacts only.
func TestPresence(t *testing.T) {
	w, alice, bob := two(t)
	alice.add(bob)
	w.pass(time.Minute)
	if len(alice.presences())+len(bob.presences()) != 0 {
		t.Error("presence of somebody who is no contact")
	}
	bob.must(bob.engine.AcceptContact(bob.now(), 1))
	bob.flush()
	w.pass(time.Second)
	for _, p := range w.people {
		if got := p.presences(); !slices.Equal(got, []bool{true}) {
			t.Errorf("accepted: %s was told %v", p.name, got)
		}
	}
	bob.offline = true
	w.cutAll()
	w.pass(time.Second)
	alice.send(bob, "hello")
	w.pass(time.Hour)
	if got := alice.presences(); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("gone: alice was told %v", got)
	}
}

// TestPingsAreNoProof on a link on which nothing has come: somebody answers there, who
// may be anybody.
func TestPingsAreNoProof(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.cutAll()
	w.pass(time.Second)
	w.latency = time.Hour
	alice.send(bob, "hello")
	w.pass(10 * time.Second)
	before := len(alice.presences())
	for id := range alice.plugs {
		alice.engine.Pinged(alice.now(), id)
	}
	alice.flush()
	if got := alice.presences(); len(got) != before {
		t.Errorf("alice was told %v", got)
	}
}

// TestIdleLinkIsClosed, unless the contact is to be kept connected.
func TestIdleLinkIsClosed(t *testing.T) {
	for _, keep := range []bool{false, true} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		alice.must(alice.engine.UpdateContact(alice.now(), 1, engine.ContactUpdate{KeepConnected: &keep}))
		bob.must(bob.engine.UpdateContact(bob.now(), 1, engine.ContactUpdate{KeepConnected: &keep}))
		alice.flush()
		bob.flush()
		w.pass(time.Hour)
		if up := len(alice.plugs) == 1; up != keep {
			t.Errorf("keep connected: %t, link: %t", keep, up)
		}
		w.cutAll()
		w.pass(time.Minute)
		for _, p := range w.people { // who has nothing to say shows that it is there
			if got := p.presences(); got[len(got)-1] != keep || len(p.plugs) > 0 != keep {
				t.Errorf("keep connected: %t, %d links, %s was told %v", keep, len(p.plugs), p.name, got)
			}
		}
		if alice.engine.Loaded(1) != keep {
			t.Errorf("keep connected: %t, sessions in memory: %t", keep, alice.engine.Loaded(1))
		}
	}
}

// TestSimultaneousDials end with one link, and nothing is lost or doubled.
func TestSimultaneousDials(t *testing.T) {
	for apart := range 40 {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		w.cutAll()
		w.pass(10 * time.Minute)
		if len(alice.plugs)+len(bob.plugs) != 0 {
			t.Fatal("there is a link")
		}
		alice.send(bob, "hello")
		w.pass(time.Duration(apart) * 20 * time.Millisecond)
		bob.send(alice, "hi")
		w.pass(30 * time.Second)
		if len(alice.plugs) != 1 || len(bob.plugs) != 1 {
			t.Errorf("%d apart: %d and %d links", apart, len(alice.plugs), len(bob.plugs))
		}
		alice.expect(bob, "alice: hello", "bob: hi")
		bob.expect(alice, "bob: hi", "alice: hello")
	}
}
