package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestBlockedAndDeleted: somebody who is blocked is not let in by being deleted.
func TestBlockedAndDeleted(t *testing.T) {
	for _, history := range []bool{true, false} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		alice.send(bob, "hello")
		w.pass(time.Minute)
		alice.must(alice.engine.BlockContact(alice.now(), 1))
		alice.flush()
		for range 2 { // the second time there is less to delete
			alice.must(alice.engine.DeleteContact(alice.now(), 1, history))
			alice.flush()
			alice.restart()
			alice.wants(bob, ledger.Blocked)
			_, err := alice.engine.Admit(bob.peer)
			is(t, err, engine.ErrBlocked)
		}
		if sessions, _ := alice.disk.Sessions(1); len(sessions) > 0 {
			t.Error("keys are kept")
		}
		if history {
			alice.expect(bob, "alice: hello")
		} else {
			alice.expect(bob)
		}
		alice.must(alice.engine.UnblockContact(alice.now(), 1))
		alice.flush()
		_, err := alice.engine.Admit(bob.peer)
		is(t, err, nil)
		alice.add(bob)
		w.pass(time.Hour)
		alice.wants(bob, ledger.Accepted) // bob had not noticed
	}
}

// TestNamesAndNotesAreBounded, those too that nobody is told.
func TestNamesAndNotesAreBounded(t *testing.T) {
	_, alice, bob := two(t)
	id := alice.add(bob)
	for _, alias := range []string{strings.Repeat("x", 65), "a\nb", "\xff"} {
		is(t, alice.engine.UpdateContact(alice.now(), id, engine.ContactUpdate{Alias: &alias}), engine.ErrInvalid)
		link := bob.link()
		link.Alias = alias
		_, err := alice.engine.AddContact(alice.now(), link)
		is(t, err, engine.ErrInvalid)
	}
	for _, note := range []string{strings.Repeat("x", engine.MaxNote+1), "\xff"} {
		_, err := alice.engine.NewInvite(alice.now(), note, time.Time{})
		is(t, err, engine.ErrInvalid)
	}
	_, err := alice.engine.NewInvite(alice.now(), strings.Repeat("ä", engine.MaxNote), time.Time{})
	is(t, err, nil)
}

// TestToldTwice: whoever drives the engine may say twice that a link is up, or that it did
// not come about.
func TestToldTwice(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	r.must(alice.engine.LinkUp(alice.now(), engine.LinkUp{Link: r.plug.link, Contact: 1}))
	for range 3 {
		alice.engine.Suspend(1, e2ee.SessionID{1})
	}
	alice.flush()
	r.must(r.say())
	alice.engine.LinkDown(alice.now(), r.plug.link)
	alice.flush()
	if alice.engine.Loaded(1) {
		t.Error("sessions are in memory, though there is no link")
	}
}
