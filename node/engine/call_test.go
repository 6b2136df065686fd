package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
)

// Somebody is called although there is nothing to say, for as long as that is wanted,
// and the link proves that they are there.
func TestCall(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.cutAll()
	w.pass(10 * time.Minute)
	if len(alice.plugs) != 0 {
		t.Fatal("there is a link")
	}
	id := alice.contact(bob).ID
	alice.must(alice.engine.Call(alice.now(), id, true))
	alice.flush()
	w.pass(30 * time.Second)
	if all := alice.presences(); len(alice.plugs) != 1 || !all[len(all)-1] {
		t.Fatalf("there are %d links, and the presences are %v", len(alice.plugs), all)
	}
	alice.must(alice.engine.Call(alice.now(), id, false))
	alice.flush()
	w.pass(10 * time.Minute)
	if len(alice.plugs) != 0 {
		t.Error("the link stays although nobody wants it")
	}
	if n := len(alice.messages(bob)) + len(bob.messages(alice)); n != 0 {
		t.Errorf("%d messages of nobody", n)
	}
}

// Who does not answer is not called any more when nobody waits for them, and at once when
// somebody does.
func TestCallOfSomebodyWhoIsAway(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.cutAll()
	bob.offline = true
	w.pass(10 * time.Minute)
	id := alice.contact(bob).ID
	for _, on := range []bool{true, true, false, false} {
		alice.must(alice.engine.Call(alice.now(), id, on))
		alice.flush()
		w.pass(time.Minute)
	}
	bob.offline = false
	w.pass(time.Hour)
	if len(alice.plugs) != 0 {
		t.Error("somebody is called whom nobody waits for")
	}
	alice.must(alice.engine.Call(alice.now(), id, true))
	alice.flush()
	w.pass(time.Minute)
	if len(alice.plugs) != 1 {
		t.Error("nobody is called")
	}
}

func TestWhoCannotBeCalled(t *testing.T) {
	w, alice, bob := two(t)
	id := alice.add(bob)
	is(t, alice.engine.Call(alice.now(), id, true), engine.ErrNotContact)
	w.pass(time.Minute)
	alice.must(alice.engine.BlockContact(alice.now(), id))
	is(t, alice.engine.Call(alice.now(), id, true), engine.ErrBlocked)
	is(t, alice.engine.Call(alice.now(), 99, true), engine.ErrNotFound)
	is(t, alice.engine.Call(alice.now(), 99, false), engine.ErrNotFound)
}
