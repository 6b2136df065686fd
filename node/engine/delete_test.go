package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

func TestDeleteContact(t *testing.T) {
	for _, history := range []bool{true, false} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		alice.send(bob, "hello")
		w.pass(time.Minute)
		bob.offline = true
		w.cutAll()
		w.pass(time.Minute)
		m := alice.send(bob, "never")
		id := alice.contact(bob).ID
		alice.must(alice.engine.DeleteContact(alice.now(), id, history))
		alice.flush()
		if sessions, _ := alice.disk.Sessions(id); len(sessions) != 0 {
			t.Error("sessions are kept")
		}
		if alice.waiting() != 0 {
			t.Error("something waits")
		}
		is(t, alice.engine.AcceptContact(alice.now(), id), map[bool]error{true: engine.ErrNotContact, false: engine.ErrNotFound}[history])
		if history {
			alice.wants(bob, ledger.Deleted)
			alice.expect(bob, "alice: hello", "alice: never")
			if s := alice.state(m.Number); s != ledger.Failed {
				t.Errorf("the message is in state %d", s)
			}
			_, err := alice.try(bob, "no", engine.SendOptions{})
			is(t, err, engine.ErrNotContact)
		} else if c := alice.contact(bob); c.ID != 0 {
			t.Errorf("%+v is kept", c)
		}
		bob.offline = false
		bob.send(alice, "where are you?")
		w.pass(time.Hour)
		if !bob.contact(alice).Forgotten {
			t.Error("bob does not know that he was forgotten")
		}
		alice.restart()
		alice.add(bob)
		w.pass(time.Hour)
		if history {
			alice.expect(bob, "alice: hello", "alice: never", "bob: where are you?")
		} else {
			alice.expect(bob, "bob: where are you?")
		}
		if bob.contact(alice).Forgotten {
			t.Error("bob still believes that he is forgotten")
		}
	}
}

// TestHistoryOutlivesRequests: somebody who was deleted asks again and is pushed out by
// others; what was written stays.
func TestHistoryOutlivesRequests(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "hello")
	w.pass(time.Minute)
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, true))
	bob.flush()
	alice.must(alice.engine.DeleteContact(alice.now(), alice.contact(bob).ID, false))
	alice.add(bob)
	w.pass(time.Minute)
	bob.wants(alice, ledger.Asking)
	for n := range engine.MaxRequests {
		r := newRogue(w, string(rune('0'+n))+" asks", bob)
		r.must(r.say(r.request()))
	}
	bob.wants(alice, ledger.Deleted)
	bob.expect(alice, "alice: hello")
}

func TestDeleteMessage(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.offline = true
	w.cutAll()
	w.pass(time.Minute)
	m := alice.send(bob, "never")
	alice.send(bob, "hello")
	alice.must(alice.engine.DeleteMessage(alice.now(), m))
	is(t, alice.engine.DeleteMessage(alice.now(), m), engine.ErrNotFound)
	alice.must(alice.engine.Expire(alice.now(), []ledger.Message{m}))
	is(t, alice.engine.Cancel(alice.now(), m.Number), engine.ErrSent)
	alice.flush()
	bob.offline = false
	w.pass(time.Hour)
	alice.expect(bob, "alice: hello")
	bob.expect(alice, "alice: hello")
}

// TestDeleteSentMessage: it may arrive, and its confirmation finds nothing.
func TestDeleteSentMessage(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	m := alice.send(bob, "hello")
	alice.must(alice.engine.DeleteMessage(alice.now(), m))
	alice.flush()
	w.pass(time.Minute)
	alice.expect(bob)
	bob.expect(alice, "alice: hello")
	if alice.waiting() != 0 {
		t.Error("something waits")
	}
}
