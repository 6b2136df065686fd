package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestTimersThatCross: both sides set one at once, and end with the same, however their
// links are cut.
func TestTimersThatCross(t *testing.T) {
	for _, delay := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond, time.Second} {
		for name, accident := range map[string]func(w *world){
			"nothing":  func(*world) {},
			"cut":      func(w *world) { w.cutAll() },
			"lost":     func(w *world) { w.people[1].restart() },
			"sessions": func(w *world) { w.people[1].loseSessions(w.people[0]) },
			"its own":  func(w *world) { w.people[0].loseSessions(w.people[1]) },
		} {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			alice.send(bob, "hi")
			w.pass(5 * time.Second)
			for i, p := range w.people {
				p.must(p.engine.SetTimer(p.now(), 1, time.Duration(i+1)*time.Hour))
			}
			for _, p := range w.people {
				p.flush()
			}
			w.pass(delay)
			accident(w)
			w.pass(time.Hour)
			if a, b := alice.conversation(bob).Timer, bob.conversation(alice).Timer; a != b || a != time.Hour {
				t.Errorf("%s after %v: %v and %v", name, delay, a, b)
			}
			bob.must(bob.engine.SetTimer(bob.now(), 1, time.Minute)) // later, not at once
			bob.flush()
			w.pass(time.Hour)
			if a := alice.conversation(bob).Timer; a != time.Minute {
				t.Errorf("%s after %v: %v", name, delay, a)
			}
		}
	}
}

// TestWhatIsCorrected waits once, however often it changes and however much waits.
func TestWhatIsCorrected(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "hi")
	w.pass(time.Minute)
	bob.offline = true
	w.cutAll()
	w.pass(time.Minute)
	alice.fill(bob)
	before := alice.waiting()
	for i := range 300 {
		settings := alice.engine.Settings()
		settings.Name = alice.text(alice)
		alice.settings.Name = settings.Name
		alice.must(alice.engine.SetSettings(alice.now(), settings))
		if i%10 == 0 {
			alice.must(alice.engine.SetAddresses(alice.now(), []ledger.Address{alice.newAddress(byte(i / 10))}))
		}
		alice.must(alice.engine.SetTimer(alice.now(), 1, time.Duration(i)*time.Second))
	}
	alice.flush()
	if n := alice.waiting() - before; n != 3 {
		t.Errorf("%d items more wait", n)
	}
	alice.restart()
	alice.must(alice.engine.SetTimer(alice.now(), 1, 0))
	alice.flush()
	if n := alice.waiting() - before; n != 3 {
		t.Errorf("%d items more wait after a restart", n)
	}
	bob.offline = false
	w.pass(time.Hour)
	if c := bob.contact(alice); c.Name != alice.settings.Name || bob.conversation(alice).Timer != 0 {
		t.Errorf("alice is %q", c.Name)
	}
}

// fill lets as much wait for somebody as may.
func (p *person) fill(other *person) {
	p.Helper()
	p.unite(true)
	for {
		if _, err := p.try(other, p.text(p), engine.SendOptions{}); err != nil {
			break
		}
	}
	p.unite(false)
}

// TestTimerOfWhatDoesNotArrive: a message that ended otherwise disappears as well, and
// not while it is tried again.
func TestTimerOfWhatDoesNotArrive(t *testing.T) {
	for name, end := range map[string]func(w *world, alice *person, m ledger.Message){
		"cancelled": func(_ *world, alice *person, m ledger.Message) {
			alice.must(alice.engine.Cancel(alice.now(), m.Number))
		},
		"expired": func(w *world, _ *person, _ ledger.Message) { w.pass(2 * time.Hour) },
		"failed": func(_ *world, alice *person, _ ledger.Message) {
			alice.must(alice.engine.BlockContact(alice.now(), 1))
			alice.must(alice.engine.UnblockContact(alice.now(), 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			alice.must(alice.engine.SetTimer(alice.now(), 1, 24*time.Hour))
			alice.flush()
			w.pass(time.Minute)
			bob.offline = true
			w.cutAll()
			w.pass(time.Minute)
			begun := func() bool {
				at, err := alice.disk.NextExpiry()
				alice.must(err)
				return !at.IsZero() && at.Sub(alice.now()) <= 24*time.Hour
			}
			m, err := alice.try(bob, "hello", engine.SendOptions{Expiry: time.Hour})
			alice.must(err)
			if begun() {
				t.Error("the time has begun before")
			}
			end(w, alice, m)
			alice.flush()
			if !begun() {
				t.Error("the time has not begun")
			}
			alice.must(alice.retry(m))
			if begun() {
				t.Error("the time goes on while it is tried again")
			}
			bob.offline = false
			w.pass(30 * time.Minute)
			bob.expect(alice, "alice: hello")
			if !begun() {
				t.Error("the time has not begun when it was delivered")
			}
		})
	}
}
