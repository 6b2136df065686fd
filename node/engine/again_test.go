package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestRequestIsRenewed: a profile that was imported has its contacts and nothing of what
// waited for them.
func TestRequestIsRenewed(t *testing.T) {
	w, alice, bob := two(t)
	id := alice.add(bob)
	alice.die()
	waiting, err := alice.disk.Waiting()
	alice.must(err)
	for _, it := range waiting {
		alice.must(alice.disk.Apply(ledger.DropItem{Item: it.ID}))
	}
	alice.must(alice.disk.Apply(ledger.PutStreams{Contact: id}))
	alice.start()
	if n := alice.waiting(); n != 1 {
		t.Fatalf("%d items wait", n)
	}
	alice.restart()
	w.pass(time.Minute)
	bob.wants(alice, ledger.Asking)
	if n := alice.waiting(); n != 0 {
		t.Errorf("%d items wait", n)
	}
	alice.restart()
	if n := alice.waiting(); n != 0 {
		t.Errorf("%d items wait after another start", n)
	}
}

func TestAskAgain(t *testing.T) {
	w, alice, bob := two(t)
	is(t, alice.engine.AskAgain(alice.now(), 1), engine.ErrNotFound)
	id := alice.add(bob)
	w.pass(time.Minute)
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, false))
	bob.flush()
	again := func() {
		t.Helper()
		alice.must(alice.engine.AskAgain(alice.now(), id))
		alice.flush()
		w.pass(time.Hour)
		bob.wants(alice, ledger.Asking)
		bob.must(bob.engine.AcceptContact(bob.now(), bob.contact(alice).ID))
		bob.flush()
		w.pass(time.Minute)
		alice.wants(bob, ledger.Accepted)
	}
	again()
	is(t, alice.engine.AskAgain(alice.now(), id), engine.ErrExists)
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, false))
	bob.flush()
	alice.send(bob, "hello")
	w.pass(time.Minute)
	if !alice.contact(bob).Forgotten {
		t.Fatal("nobody was forgotten")
	}
	again()
	bob.expect(alice, "alice: hello")
	alice.must(alice.engine.BlockContact(alice.now(), id))
	is(t, alice.engine.AskAgain(alice.now(), id), engine.ErrBlocked)
}
