package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// eventsOf returns the kinds of what was told since a cursor.
func (p *person) eventsOf(after ledger.Cursor) (all []ledger.EventKind) {
	p.Helper()
	events, err := p.disk.Events(after, 1_000_000)
	p.must(err)
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

func (p *person) cursor() ledger.Cursor {
	p.Helper()
	c, err := p.disk.Counters()
	p.must(err)
	return c.Cursor
}

// TestNothingChangesNothingIsTold: what a contact says again is no event, and what it
// changes a thousand times at once is one.
func TestNothingChangesNothingIsTold(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	m := alice.send(r.person, "hello")
	w.pass(0)
	w.book.lines[m.ID].arrived = true
	r.must(r.say(wire.Read{ID: wire.MessageID(m.ID)}, wire.Profile{Name: "r"}, r.request().Addresses))
	before := alice.cursor()
	for range 10 {
		r.must(r.say(wire.Read{ID: wire.MessageID(m.ID)}, wire.Profile{Name: "r"}, r.request().Addresses,
			wire.Accept{Name: "r", Addresses: r.request().Addresses}, wire.Timer{}))
	}
	if got := alice.eventsOf(before); len(got) > 0 {
		t.Errorf("told %v", got)
	}
	muted, alias := false, ""
	alice.must(alice.engine.UpdateContact(alice.now(), 1, engine.ContactUpdate{Muted: &muted, Alias: &alias}))
	alice.must(alice.engine.SetTimer(alice.now(), 1, 0))
	alice.flush()
	if got := alice.eventsOf(before); len(got) > 0 {
		t.Errorf("told %v", got)
	}
	var names []wire.Body
	for range 100 {
		names = append(names, wire.Profile{Name: w.text(r.person)})
	}
	r.must(r.say(names...))
	if got := alice.eventsOf(before); !slices.Equal(got, []ledger.EventKind{ledger.ContactChanged}) {
		t.Errorf("told %v", got)
	}
}

// TestDeletedContactIsGone: nobody is shown as present who is deleted.
func TestDeletedContactIsGone(t *testing.T) {
	for _, history := range []bool{true, false} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		alice.send(bob, "hello")
		w.pass(5 * time.Second)
		alice.must(alice.engine.DeleteContact(alice.now(), 1, history))
		alice.flush()
		w.pass(time.Hour)
		if got := alice.presences(); !slices.Equal(got, []bool{true, false}) {
			t.Errorf("history %t: told %v", history, got)
		}
	}
}

// TestInviteIsUsedUp whatever its bearer is already.
func TestInviteIsUsedUp(t *testing.T) {
	for name, before := range map[string]func(w *world, alice, bob *person){
		"asked by us": func(w *world, alice, bob *person) {
			bob.offline = true
			alice.add(bob)
			w.pass(time.Second)
			bob.offline = false
		},
		"a contact that forgot us": func(w *world, alice, bob *person) {
			w.befriend(alice, bob)
			bob.must(bob.engine.DeleteContact(bob.now(), 1, false))
			bob.flush()
		},
		"asking since a moment": func(w *world, alice, bob *person) {
			bob.add(alice)
			w.pass(10 * time.Second)
			bob.must(bob.engine.DeleteContact(bob.now(), 1, false))
			bob.flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			before(w, alice, bob)
			invite, err := alice.engine.NewInvite(alice.now(), "", time.Time{})
			alice.must(err)
			alice.flush()
			link := alice.link()
			link.Invite = invite.Token[:]
			_, err = bob.engine.AddContact(bob.now(), link)
			bob.must(err)
			bob.flush()
			w.pass(time.Minute)
			alice.wants(bob, ledger.Accepted)
			if left, _ := alice.disk.Invites(); len(left) != 0 {
				t.Error("the invite is still open")
			}
		})
	}
}

// TestAutoAcceptIsToldAgain after a crash, until somebody has answered.
func TestAutoAcceptIsToldAgain(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	yes := true
	bob.must(bob.engine.UpdateContact(bob.now(), 1, engine.ContactUpdate{Verified: &yes}))
	bob.settings.AutoAccept = 10
	bob.must(bob.engine.SetSettings(bob.now(), bob.settings))
	bob.flush()
	alice.offer(bob, 10)
	alice.offer(bob, 11)
	w.pass(time.Minute)
	bob.signals = nil
	bob.restart()
	if want := []engine.Signal{engine.AutoAccept{File: 1}}; !slices.Equal(bob.signals, want) {
		t.Errorf("told %v", bob.signals)
	}
	bob.must(bob.engine.AcceptFile(bob.now(), 1, "/y", "/z"))
	bob.flush()
	bob.signals = nil
	bob.restart()
	if len(bob.signals) > 0 {
		t.Errorf("told %v", bob.signals)
	}
}
