package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// TestForgotten: to somebody who does not know us nothing is sent that would be refused,
// until a handshake says that it does again.
func TestForgotten(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "before")
	w.pass(time.Minute)
	bob.backup = bob.disk.Clone()
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, false))
	bob.flush()
	alice.send(bob, "into the void")
	w.pass(time.Hour)
	if !alice.contact(bob).Forgotten {
		t.Fatal("alice does not know that she was forgotten")
	}
	later := alice.send(bob, "waits")
	w.pass(time.Hour)
	if s := alice.state(later.Number); s != ledger.Queued {
		t.Errorf("it is in state %d", s)
	}
	alice.restart()
	w.pass(time.Hour)
	if s := alice.state(later.Number); s != ledger.Queued {
		t.Errorf("it is in state %d after a restart", s)
	}

	bob.setBack()
	w.pass(time.Hour)
	bob.expect(alice, "alice: before", "alice: into the void", "alice: waits")
	if alice.contact(bob).Forgotten {
		t.Error("it is forgotten still")
	}
}

// TestKnownAgain: whoever says what only a contact does knows us, whatever was before.
func TestKnownAgain(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.pass(time.Hour)
	alice.die()
	c := alice.contact(bob)
	c.Forgotten = true
	alice.must(alice.disk.Apply(ledger.PutContact{Contact: c}))
	alice.start()
	bob.send(alice, "hello")
	w.pass(time.Minute)
	if alice.contact(bob).Forgotten {
		t.Error("it is forgotten still")
	}
}
