package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestExpiry: what waits too long is given up, and the sender sees it. The nearest
// setting counts.
func TestExpiry(t *testing.T) {
	for name, tt := range map[string]struct {
		message, contact, profile, want time.Duration // 0: never
	}{
		"none":                     {},
		"of the message":           {time.Hour, 0, 0, time.Hour},
		"of the contact":           {0, 2 * time.Hour, time.Hour, 2 * time.Hour},
		"of the profile":           {0, 0, 3 * time.Hour, 3 * time.Hour},
		"none for this message":    {-1, time.Hour, time.Hour, 0},
		"none for this contact":    {0, -1, time.Hour, 0},
		"of the message after all": {time.Minute, -1, time.Hour, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			bob.offline = true
			w.cutAll()
			w.pass(time.Minute)
			alice.must(alice.engine.UpdateContact(alice.now(), 1, engine.ContactUpdate{Expiry: &tt.contact}))
			alice.settings.Expiry = tt.profile
			alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
			m, err := alice.try(bob, "hello", engine.SendOptions{Expiry: tt.message})
			alice.must(err)
			alice.restart()
			end := ledger.Delivered
			if tt.want > 0 {
				w.pass(tt.want - time.Second)
				if s := alice.state(m.Number); s != ledger.Queued {
					t.Errorf("too early: state %d", s)
				}
				w.pass(2 * time.Second)
				end = ledger.Expired
				if s := alice.state(m.Number); s != end || alice.waiting() != 0 {
					t.Errorf("in the end: state %d, %d items wait", s, alice.waiting())
				}
			} else {
				w.pass(365 * 24 * time.Hour)
			}
			bob.offline = false
			alice.send(bob, "later")
			w.pass(time.Hour)
			if s := alice.state(m.Number); s != end {
				t.Errorf("in the end: state %d", s)
			}
			if n := len(bob.messages(alice)); (n == 2) != (end == ledger.Delivered) {
				t.Errorf("%d messages have come", n)
			}
		})
	}
}

// TestExpiryOfWhatHasLeft: while it is on its way it may still arrive; after that, it is
// given up, and what follows is not held up by it.
func TestExpiryOfWhatHasLeft(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.silence(true)
	m, err := alice.try(bob, "hello", engine.SendOptions{Expiry: time.Minute})
	alice.must(err)
	alice.send(bob, "later")
	w.pass(2 * time.Minute)
	if s := alice.state(m.Number); s != ledger.Sent {
		t.Errorf("on its way: state %d", s)
	}
	bob.offline = true
	w.cutAll()
	w.pass(2 * time.Minute)
	if s := alice.state(m.Number); s != ledger.Expired {
		t.Errorf("not on its way: state %d", s)
	}
	bob.offline = false
	w.pass(time.Hour)
	bob.expect(alice, "alice: later")
	if alice.waiting() != 0 {
		t.Error("something waits")
	}
}

// TestTimer: both sides delete messages after the same time: the receiver once they are
// read, the sender once they are delivered.
func TestTimer(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	id := alice.conversation(bob).ID
	for _, bad := range []time.Duration{-time.Second, time.Millisecond, 1 << 62} {
		is(t, alice.engine.SetTimer(alice.now(), id, bad), engine.ErrInvalid)
	}
	alice.must(alice.engine.SetTimer(alice.now(), id, time.Hour))
	alice.flush()
	w.pass(time.Minute)
	if got := bob.conversation(alice).Timer; got != time.Hour {
		t.Fatalf("the timer is %v", got)
	}
	m := bob.send(alice, "hello")
	if m.Timer != time.Hour {
		t.Errorf("the message has a timer of %v", m.Timer)
	}
	w.pass(time.Minute)
	expires := func(p *person) time.Duration {
		at, err := p.disk.NextExpiry()
		p.must(err)
		if at.IsZero() {
			return 0
		}
		return at.Sub(p.now()).Round(time.Minute)
	}
	if a, b := expires(alice), expires(bob); a != 0 || b != 59*time.Minute {
		t.Errorf("delivered: it goes in %v at the receiver, in %v at the sender", a, b)
	}
	alice.read(bob)
	w.pass(time.Minute)
	if a, b := expires(alice), expires(bob); a != 59*time.Minute || b != 58*time.Minute {
		t.Errorf("read: it goes in %v at the receiver, in %v at the sender", a, b)
	}
	w.pass(time.Hour)
	for _, p := range w.people {
		due, err := p.disk.Expired(p.now(), 10)
		p.must(err)
		p.must(p.engine.Expire(p.now(), due))
		p.flush()
	}
	alice.expect(bob)
	bob.expect(alice)
	alice.must(alice.engine.SetTimer(alice.now(), id, 0))
	alice.flush()
	w.pass(time.Minute)
	if m := bob.send(alice, "hello"); m.Timer != 0 {
		t.Errorf("the message has a timer of %v", m.Timer)
	}
}
