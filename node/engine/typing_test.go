package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
)

// hints counts the hints that somebody types.
func (p *person) hints() (n int) {
	for _, s := range p.signals {
		if _, ok := s.(engine.Typing); ok {
			n++
		}
	}
	return n
}

func TestTyping(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	id := alice.conversation(bob).ID
	typing := func() {
		alice.must(alice.engine.Typing(alice.now(), id))
		alice.flush()
		w.pass(500 * time.Millisecond)
	}
	for range 12 {
		typing()
	}
	if n := bob.hints(); n != 2 {
		t.Errorf("%d hints in 6 seconds", n)
	}
	yes, no := true, false
	for _, off := range []func(){
		func() { alice.must(alice.engine.UpdateContact(alice.now(), 1, engine.ContactUpdate{Silent: &yes})) },
		func() {
			alice.must(alice.engine.UpdateContact(alice.now(), 1, engine.ContactUpdate{Silent: &no}))
			alice.settings.NoTyping = true
			alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
		},
		func() {
			alice.settings.NoTyping = false
			alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
			w.cutAll()
			bob.offline = true
			w.pass(time.Second)
		},
	} {
		off()
		w.pass(time.Minute)
		typing()
	}
	bob.offline = false
	alice.send(bob, "hello")
	w.pass(time.Hour)
	if n := bob.hints(); n != 2 {
		t.Errorf("%d hints although they are off, or he is not there", n)
	}
	is(t, alice.engine.Typing(alice.now(), 99), engine.ErrNotFound)
}

// TestLateHint: a hint that could not leave at once does not leave with the next link.
func TestLateHint(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.slow = time.Hour
	alice.send(bob, "hello")
	alice.must(alice.engine.Typing(alice.now(), 1))
	alice.flush()
	w.cutAll()
	alice.slow = 0
	w.pass(time.Hour)
	bob.expect(alice, "alice: hello")
	if n := bob.hints(); n != 0 {
		t.Errorf("%d hints an hour later", n)
	}
}
