package engine_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
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
	if alice.engine.Moving() || alice.waiting() != 1 {
		t.Errorf("moving: %t, %d items wait", alice.engine.Moving(), alice.waiting())
	}
	bob.offline = false
	w.pass(time.Hour)
	c := bob.contact(alice)
	if c.Addresses[0].Onion != alice.addresses[0].Onion || c.Name != "alicia" {
		t.Errorf("the request says %+v", c)
	}
}

// TestOrderOfContacts: what is said to all is said in the order of their numbers, so that
// the same input has the same output.
func TestOrderOfContacts(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	for n := range 20 {
		newRogueContact(w, fmt.Sprint(n, " is a contact"), alice)
	}
	alice.must(alice.engine.SetAddresses(alice.now(), []ledger.Address{alice.newAddress(1)}))
	all, err := alice.disk.Waiting()
	alice.must(err)
	before := len(all)
	alice.flush()
	all, err = alice.disk.Waiting()
	alice.must(err)
	if len(all)-before != 20 {
		t.Fatalf("%d items wait, %d before", len(all), before)
	}
	for i, it := range all[before:] {
		if it.Contact != ledger.ContactID(i+1) {
			t.Errorf("item %d goes to contact %d", i, it.Contact)
		}
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

// TestOldLinkTakesNothingAway: what a contact has told itself counts before what stands in
// a link, which is tried all the same until the contact tells where it is.
func TestOldLinkTakesNothingAway(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	old := bob.link()
	bob.move()
	w.pass(time.Minute)
	for range 2 {
		_, err := alice.engine.AddContact(alice.now(), old)
		is(t, err, engine.ErrExists)
		alice.flush()
	}
	if got := alice.contact(bob).Addresses; len(got) != 2 || got[0].Onion != bob.addresses[0].Onion {
		t.Errorf("bob is at %v", got)
	}
	for i := range byte(9) {
		forged := old
		forged.Addresses = []ledger.Address{alice.newAddress(10 + i)}
		_, err := alice.engine.AddContact(alice.now(), forged)
		is(t, err, engine.ErrExists)
	}
	alice.flush()
	if got := alice.contact(bob).Addresses; len(got) != wire.MaxAddresses || got[0].Onion != bob.addresses[0].Onion {
		t.Errorf("bob is at %v", got)
	}
	bob.move()
	w.pass(time.Hour)
	if got := alice.contact(bob).Addresses; len(got) != 1 || got[0].Onion != bob.addresses[0].Onion {
		t.Errorf("bob is at %v", got)
	}
}

// TestLinkWithAnotherKey: who has a newer link of a contact uses its key of client
// authorisation, without which nobody finds the contact, and one without a key takes none
// away.
func TestLinkWithAnotherKey(t *testing.T) {
	for _, accepted := range []bool{true, false} {
		w, alice, bob := two(t)
		if accepted {
			w.befriend(alice, bob)
		} else {
			bob.offline = true
			alice.add(bob)
		}
		want := byte(0)
		for _, key := range []byte{8, 16, 0} {
			link := bob.link()
			link.Addresses = []ledger.Address{link.Addresses[0]}
			if key != 0 {
				want = key
				link.Addresses[0].ClientKey = bytes.Repeat([]byte{key}, 32)
			}
			_, err := alice.engine.AddContact(alice.now(), link)
			is(t, err, engine.ErrExists)
			alice.flush()
			got := alice.contact(bob).Addresses
			if len(got) != 1 || !bytes.Equal(got[0].ClientKey, bytes.Repeat([]byte{want}, 32)) {
				t.Errorf("accepted %t, key %d: bob is at %v", accepted, key, got)
			}
		}
	}
}

// TestForgottenContactIsWhereItWas: a link takes nothing away from what somebody has told
// who does not know us any more.
func TestForgottenContactIsWhereItWas(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	old := bob.link()
	bob.move()
	w.pass(time.Minute)
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, false))
	bob.flush()
	alice.send(bob, "hello")
	w.pass(time.Hour)
	if !alice.contact(bob).Forgotten {
		t.Fatal("nobody was forgotten")
	}
	_, err := alice.engine.AddContact(alice.now(), old)
	alice.must(err)
	alice.flush()
	if got := alice.contact(bob).Addresses; len(got) != 2 || got[0].Onion != bob.addresses[0].Onion {
		t.Errorf("bob is at %v", got)
	}
}
