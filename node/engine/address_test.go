package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestMoving: who is offline while a contact moves finds its way, and only then the old
// address is given up.
func TestMoving(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.pass(time.Hour)
	bob.offline = true
	old := alice.addresses[0]
	for range 3 {
		alice.move()
	}
	w.pass(time.Hour)
	if !alice.engine.Moving() || alice.waiting() != 1 {
		t.Fatalf("moving: %t, %d items wait", alice.engine.Moving(), alice.waiting())
	}
	alice.restart()
	if !alice.engine.Moving() {
		t.Fatal("forgotten in a restart")
	}
	bob.offline, alice.offline = false, false
	bob.send(alice, "hello")
	w.pass(time.Hour)
	if got := bob.contact(alice).Addresses; len(got) != 1 || got[0].Onion != alice.addresses[0].Onion {
		t.Error("bob does not have the new address")
	}
	if alice.engine.Moving() {
		t.Error("moving still")
	}
	alice.retire()
	if w.byOnion[old.Onion] != nil {
		t.Fatal("the old address is there still")
	}
	w.pass(time.Hour)
	bob.send(alice, "hello again")
	w.pass(time.Minute)
	alice.expect(bob, "bob: hello", "bob: hello again")
}

// TestRequestSaysTheNewAddress if it has not left before the move.
func TestRequestSaysTheNewAddress(t *testing.T) {
	w, alice, bob := two(t)
	bob.offline = true
	alice.add(bob)
	alice.move()
	alice.settings.Name = "alicia"
	alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
	alice.flush()
	bob.offline = false
	w.pass(time.Hour)
	c := bob.contact(alice)
	if c.Addresses[0].Onion != alice.addresses[0].Onion || c.Name != "alicia" {
		t.Errorf("the request says %+v", c)
	}
}

func TestRename(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	settings := alice.engine.Settings()
	settings.Name = "a\tb"
	is(t, alice.engine.SetSettings(alice.now(), settings), engine.ErrInvalid)
	settings.Name = "alicia"
	alias := "my friend"
	bob.must(bob.engine.UpdateContact(bob.now(), 1, engine.ContactUpdate{Alias: &alias}))
	alice.must(alice.engine.SetSettings(alice.now(), settings))
	alice.flush()
	w.pass(time.Minute)
	if c := bob.contact(alice); c.Name != "alicia" || c.Alias != alias {
		t.Errorf("alice is %q, %q", c.Name, c.Alias)
	}
	before := len(alice.kinds())
	alice.must(alice.engine.SetSettings(alice.now(), settings))
	alice.flush()
	if alice.waiting() != 0 || len(alice.kinds()) != before {
		t.Error("the same name is told again")
	}
}

func TestBadAddressesAreRefused(t *testing.T) {
	_, alice, _ := two(t)
	good := alice.addresses[0]
	for _, bad := range [][]ledger.Address{nil, {good, good}, {{Onion: good.Onion}}, {{Port: 1}}, make([]ledger.Address, 5)} {
		is(t, alice.engine.SetAddresses(alice.now(), bad), engine.ErrInvalid)
		_, err := engine.New(engine.Config{Peer: alice.peer, Key: alice.stateKey, Addresses: bad}, engine.Snapshot{}, alice.now())
		is(t, err, engine.ErrInvalid)
	}
}
