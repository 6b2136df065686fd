package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestCancelAndEdit are possible until a message has left, also after a restart, and never
// again.
func TestCancelAndEdit(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		bob.offline = true
		w.cutAll()
		w.pass(time.Minute)
		first, second, third := alice.send(bob, "first"), alice.send(bob, "second"), alice.send(bob, "third")
		if restart {
			alice.restart()
		}
		alice.must(alice.engine.Cancel(alice.now(), first.Number))
		alice.must(alice.engine.Edit(alice.now(), third, "the third"))
		is(t, alice.engine.Edit(alice.now(), second, ""), engine.ErrInvalid)
		is(t, alice.engine.Cancel(alice.now(), first.Number), engine.ErrSent)
		alice.flush()
		bob.offline = false
		w.pass(time.Hour)
		bob.expect(alice, "alice: second", "alice: the third")
		alice.expect(bob, "alice: first", "alice: second", "alice: the third")
		if s := alice.state(first.Number); s != ledger.Cancelled {
			t.Errorf("cancelled: state %d", s)
		}
		is(t, alice.engine.Cancel(alice.now(), second.Number), engine.ErrSent)
		is(t, alice.engine.Edit(alice.now(), third, "another"), engine.ErrSent)
	}
}

// TestWhatHasLeftStays: on its way, or perhaps arrived, it cannot be called back any more,
// whatever becomes of the link, the program and the session.
func TestWhatHasLeftStays(t *testing.T) {
	for name, do := range map[string]func(w *world, alice, bob *person){
		"on its way": func(*world, *person, *person) {},
		"cut":        func(w *world, _, _ *person) { w.cutAll(); w.pass(time.Minute) },
		"restarted":  func(_ *world, alice, _ *person) { alice.restart() },
		"no session": func(_ *world, alice, bob *person) { alice.loseSessions(bob) },
		"begun anew": func(w *world, alice, bob *person) {
			bob.must(bob.engine.DeleteContact(bob.now(), 1, true))
			bob.flush()
			bob.offline = false
			w.pass(time.Hour)
			alice.add(bob)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			bob.silence(true)
			m := alice.send(bob, "hello")
			later := alice.send(bob, "later")
			bob.offline = true
			do(w, alice, bob)
			is(t, alice.engine.Cancel(alice.now(), m.Number), engine.ErrSent)
			is(t, alice.engine.Edit(alice.now(), later, "x"), engine.ErrSent)
		})
	}
}

func TestSendRefusals(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	for name, text := range map[string]string{
		"nothing": "", "too long": strings.Repeat("x", wire.MaxText+1), "not UTF-8": "\xff",
	} {
		_, err := alice.try(bob, text, engine.SendOptions{})
		if !matches(err, engine.ErrInvalid) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	_, err := alice.engine.Send(alice.now(), 99, "hello", engine.SendOptions{})
	is(t, err, engine.ErrNotFound)
	alice.flush()
	alice.expect(bob)
	longest := strings.Repeat("x", wire.MaxText)
	alice.send(bob, longest)
	w.pass(time.Minute)
	bob.expect(alice, "alice: "+longest)
}
