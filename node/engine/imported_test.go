package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
	"github.com/onionwire/onionwire/node/wire"
)

// importContacts starts the program on a profile that was imported with its contacts
// alone.
func (p *person) importContacts() {
	p.Helper()
	p.die()
	all, err := p.disk.Contacts()
	p.must(err)
	p.disk, p.backup, p.seen = memory.New(), nil, nil
	for _, c := range all {
		p.must(p.disk.Apply(ledger.PutContact{Contact: c}))
	}
	p.start()
}

// TestImportedContacts can be written to, by both sides, without a message from them
// before.
func TestImportedContacts(t *testing.T) {
	for _, accepted := range []bool{true, false} {
		w, alice, bob := two(t)
		if accepted {
			w.befriend(alice, bob)
		} else {
			bob.offline = true
			alice.add(bob)
		}
		w.pass(time.Minute)
		alice.importContacts()
		bob.offline = false
		alice.send(bob, "here I am again")
		alice.restart()
		all, err := alice.disk.Conversations()
		alice.must(err)
		if len(all) != 1 {
			t.Errorf("%d conversations with bob, want 1", len(all))
		}
		w.pass(time.Hour)
		if !accepted {
			bob.must(bob.engine.AcceptContact(bob.now(), bob.contact(alice).ID))
			bob.flush()
			w.pass(time.Hour)
		}
		bob.expect(alice, "alice: here I am again")
	}
}

// TestAnOlderCopyTellsWhereItIs: contacts know a later address and name than a profile
// that was imported or set back, and get those that are in force.
func TestAnOlderCopyTellsWhereItIs(t *testing.T) {
	for name, back := range map[string]func(*person){
		"imported": (*person).importContacts,
		"set back": (*person).setBack,
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			bob.send(alice, "hello")
			w.pass(time.Minute)
			first := alice.addresses
			alice.backup = alice.disk.Clone()
			alice.move()
			alice.settings.Name = "alicia"
			alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
			alice.flush()
			w.pass(time.Hour)
			alice.retire()
			w.pass(time.Hour)
			if c := bob.contact(alice); c.Name != "alicia" || c.Addresses[0].Onion == first[0].Onion {
				t.Fatalf("bob has %+v", c)
			}

			alice.settings.Name = "alice"
			alice.addresses, alice.told = first, nil
			alice.byOnion[first[0].Onion] = alice
			back(alice)
			w.pass(time.Hour)
			alice.send(bob, "here I am again")
			w.pass(time.Hour)
			c := bob.contact(alice)
			if c.Name != "alice" || len(c.Addresses) != 1 || c.Addresses[0].Onion != first[0].Onion {
				t.Errorf("bob has %+v", c)
			}
			if alice.engine.Moving() {
				t.Error("she is moving still")
			}
			w.cutAll()
			w.pass(time.Hour)
			bob.send(alice, "welcome")
			w.pass(time.Minute)
			if got := alice.messages(bob); got[len(got)-1] != "bob: welcome" {
				t.Errorf("alice has %q", got)
			}
		})
	}
}

// TestSetBackAgainAndAgain: a contact that says so all the time does not fill the queue.
func TestSetBackAgainAndAgain(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	r.must(r.say())
	for range 20 {
		content := wire.Content{Stream: 1, Base: r.next, Ack: r.ack()}
		content.Ack.Next += 1000
		is(t, r.tell(content), engine.ErrProtocol)
		r.heard = nil
		r.connect()
		r.must(r.tell(wire.Content{Stream: 1, Base: r.next}))
	}
	if n := alice.waiting(); n > 2 {
		t.Errorf("%d items wait", n)
	}
}
