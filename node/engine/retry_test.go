package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// retry tries a message again, as a program does.
func (p *person) retry(m ledger.Message) error {
	p.Helper()
	deliveries, err := p.disk.Deliveries(m.Number)
	p.must(err)
	err = p.engine.Retry(p.now(), m, deliveries)
	p.flush()
	return err
}

// TestRetry queues a message again whatever has ended it, and none that is under way.
func TestRetry(t *testing.T) {
	for name, end := range map[string]func(w *world, alice, bob *person, m ledger.Message){
		"cancelled": func(_ *world, alice, _ *person, m ledger.Message) {
			alice.must(alice.engine.Cancel(alice.now(), m.Number))
		},
		"expired": func(w *world, _, _ *person, _ ledger.Message) { w.pass(2 * time.Hour) },
		"failed": func(_ *world, alice, _ *person, _ ledger.Message) {
			alice.must(alice.engine.BlockContact(alice.now(), 1))
			alice.must(alice.engine.UnblockContact(alice.now(), 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			bob.offline = true
			w.cutAll()
			w.pass(time.Minute)
			m, err := alice.try(bob, "hello", engine.SendOptions{Expiry: time.Hour})
			alice.must(err)
			is(t, alice.retry(m), engine.ErrSent)
			end(w, alice, bob, m)
			alice.flush()
			alice.must(alice.retry(m))
			if s := alice.state(m.Number); s != ledger.Queued {
				t.Errorf("it is in state %d", s)
			}
			is(t, alice.retry(m), engine.ErrSent)
			bob.offline = false
			w.pass(time.Hour)
			bob.expect(alice, "alice: hello")
			if s := alice.state(m.Number); s != ledger.Delivered {
				t.Errorf("it is in state %d", s)
			}
			is(t, alice.retry(m), engine.ErrSent)
			alice.must(alice.engine.DeleteMessage(alice.now(), m))
			is(t, alice.engine.Retry(alice.now(), m, nil), engine.ErrNotFound)
		})
	}
}

// TestGivenID: a message with an ID that was given is added once before it is kept.
func TestGivenID(t *testing.T) {
	_, alice, bob := two(t)
	alice.add(bob)
	alice.unite(true)
	o := engine.SendOptions{ID: ledger.MessageID{7}}
	m, err := alice.try(bob, "hello", o)
	alice.must(err)
	if m.ID != o.ID {
		t.Errorf("the ID is %x", m.ID)
	}
	_, err = alice.try(bob, "hello", o)
	is(t, err, engine.ErrExists)
	alice.unite(false)
	if n := len(alice.messages(bob)); n != 1 {
		t.Errorf("%d messages are kept", n)
	}
}

func TestMute(t *testing.T) {
	_, alice, bob := two(t)
	alice.add(bob)
	is(t, alice.engine.SetMuted(alice.now(), 9, true), engine.ErrNotFound)
	before := alice.cursor()
	for _, on := range []bool{true, true, false} {
		alice.must(alice.engine.SetMuted(alice.now(), 1, on))
		alice.flush()
		if alice.conversation(bob).Muted != on {
			t.Errorf("muted: %t, want %t", !on, on)
		}
	}
	want := []ledger.EventKind{ledger.ConversationChanged, ledger.ConversationChanged}
	if got := alice.eventsOf(before); !slices.Equal(got, want) {
		t.Errorf("told %v", got)
	}
}

// TestDeletedStaysDeleted: a message that was deleted at its receiver does not come back
// when its sender, who was not told that it had arrived, tries it again.
func TestDeletedStaysDeleted(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.silence(true)
	m, err := alice.try(bob, "once", engine.SendOptions{Expiry: time.Hour})
	alice.must(err)
	w.pass(5 * time.Second)
	bob.expect(alice, "alice: once")
	rows, err := bob.disk.Messages(bob.conversation(alice).ID, 0, 10)
	bob.must(err)
	bob.must(bob.engine.DeleteMessage(bob.now(), rows[0]))
	bob.flush()
	bob.offline = true
	w.cutAll()
	w.pass(3 * time.Hour)
	if s := alice.state(m.Number); s != ledger.Expired {
		t.Fatalf("it is in state %d", s)
	}
	bob.silence(false)
	bob.offline = false
	alice.must(alice.retry(m))
	w.pass(time.Hour)
	if s := alice.state(m.Number); s != ledger.Delivered {
		t.Errorf("it is in state %d", s)
	}
	bob.expect(alice)
}
