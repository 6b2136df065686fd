package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
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
