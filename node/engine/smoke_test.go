package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestConversation goes from the request to the last receipt.
func TestConversation(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	first := alice.send(bob, "hello")
	second := bob.send(alice, "who is there?")
	w.pass(5 * time.Second)
	if s := alice.state(first.Number); s != ledger.Delivered {
		t.Errorf("state is %d", s)
	}
	alice.expect(bob, "alice: hello", "bob: who is there?")
	bob.expect(alice, "bob: who is there?", "alice: hello")
	alice.read(bob)
	w.pass(5 * time.Second)
	if s := bob.state(second.Number); s != ledger.Read {
		t.Errorf("state is %d", s)
	}
	if n := alice.waiting() + bob.waiting(); n != 0 {
		t.Errorf("%d items wait", n)
	}
	if len(alice.plugs) != 1 || len(bob.plugs) != 1 {
		t.Errorf("%d and %d links", len(alice.plugs), len(bob.plugs))
	}
	if len(alice.errs)+len(bob.errs) != 0 {
		t.Error(alice.errs, bob.errs)
	}
	w.pass(10 * time.Minute)
	if len(alice.plugs)+len(bob.plugs) != 0 || alice.engine.Loaded(1) {
		t.Errorf("%d and %d links after ten minutes", len(alice.plugs), len(bob.plugs))
	}
	var _ engine.Signal = alice.signals[0]
}
