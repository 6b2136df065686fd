package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestBlocked people are shut out at once, and what waits for them fails.
func TestBlocked(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.offline = true
	w.cutAll()
	w.pass(time.Second)
	m := bob.send(alice, "never")
	f, err := bob.engine.OfferFile(bob.now(), bob.conversation(alice).ID, engine.NewFile{Name: "x", Path: "/x"})
	bob.must(err)
	bob.flush()
	id := bob.contact(alice).ID
	bob.must(bob.engine.BlockContact(bob.now(), id))
	bob.must(bob.engine.BlockContact(bob.now(), id)) // once more changes nothing
	bob.flush()
	if s := bob.state(m.Number); s != ledger.Failed {
		t.Errorf("the message is in state %d", s)
	}
	if f, _ := bob.disk.File(f.Number); f.State != ledger.Withdrawn {
		t.Errorf("the file is in state %d", f.State)
	}
	if _, err := bob.engine.Admit(alice.peer); err == nil {
		t.Error("alice is let in")
	}
	_, err = bob.try(alice, "no", engine.SendOptions{})
	is(t, err, engine.ErrBlocked)
	_, err = bob.engine.AddContact(bob.now(), alice.link())
	is(t, err, engine.ErrBlocked)
	alice.offline = false
	sent := alice.send(bob, "are you there?")
	w.pass(time.Hour)
	if s := alice.state(sent.Number); s > ledger.Sent {
		t.Errorf("alice's message is in state %d", s)
	}
	bob.expect(alice, "bob: never")

	bob.must(bob.engine.UnblockContact(bob.now(), id))
	bob.flush()
	bob.send(alice, "sorry")
	w.pass(time.Hour)
	bob.expect(alice, "bob: never", "bob: sorry", "alice: are you there?")
	alice.expect(bob, "alice: are you there?", "bob: sorry")
}

// TestFilesOfBlocked: nobody goes on waiting for a file that was given up by blocking. They
// hear of it when they are unblocked, and not before.
func TestFilesOfBlocked(t *testing.T) {
	for name, accepted := range map[string]bool{"offered": false, "accepted": true} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			given, taken := alice.offer(bob, 5), bob.offer(alice, 5)
			w.pass(time.Minute)
			if accepted {
				bob.must(bob.engine.AcceptFile(bob.now(), bob.file(given.ID).Number, "/to", "/draft"))
				alice.must(alice.engine.AcceptFile(alice.now(), alice.file(taken.ID).Number, "/to", "/draft"))
				bob.flush()
				alice.flush()
				w.pass(time.Minute)
			}
			before := bob.file(given.ID).State
			alice.must(alice.engine.BlockContact(alice.now(), alice.contact(bob).ID))
			alice.flush()
			w.pass(time.Hour)
			if s := bob.file(given.ID).State; s != before {
				t.Errorf("blocked: he has it in state %d, want %d", s, before)
			}
			alice.restart()
			alice.must(alice.engine.UnblockContact(alice.now(), alice.contact(bob).ID))
			alice.flush()
			w.pass(time.Hour)
			for _, p := range w.people {
				for _, id := range []ledger.FileID{given.ID, taken.ID} {
					if s := p.file(id).State; s != ledger.Withdrawn {
						t.Errorf("%s has a file in state %d", p.name, s)
					}
				}
			}
		})
	}
}

// TestBlockedWhileConnected: the link ends.
func TestBlockedWhileConnected(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	if len(bob.plugs) != 1 {
		t.Fatal("there is no link")
	}
	bob.must(bob.engine.BlockContact(bob.now(), bob.contact(alice).ID))
	bob.flush()
	w.pass(time.Second)
	if len(bob.plugs)+len(alice.plugs) != 0 {
		t.Error("there is a link")
	}
	if last := bob.signals[len(bob.signals)-1]; last != (engine.Presence{Contact: bob.contact(alice).ID}) {
		t.Errorf("the last signal is %+v", last)
	}
}

// TestUnblockedStrangers are strangers again.
func TestUnblockedStrangers(t *testing.T) {
	w, alice, bob := two(t)
	alice.add(bob)
	w.pass(time.Minute)
	id := bob.contact(alice).ID
	bob.must(bob.engine.BlockContact(bob.now(), id))
	bob.must(bob.engine.UnblockContact(bob.now(), id))
	bob.flush()
	if bob.contact(alice).ID != 0 {
		t.Error("somebody who was never a contact is kept")
	}
	// And so is somebody whom we have asked, but what was written stays.
	m := alice.send(bob, "hello")
	id = alice.contact(bob).ID
	alice.must(alice.engine.BlockContact(alice.now(), id))
	alice.must(alice.engine.UnblockContact(alice.now(), id))
	alice.flush()
	alice.wants(bob, ledger.Deleted)
	if s := alice.state(m.Number); s != ledger.Failed {
		t.Errorf("the message is in state %d", s)
	}
	alice.expect(bob, "alice: hello")
}

// TestUnblockedAfterDeletion: somebody who was a contact once, was deleted and is blocked
// becomes no contact by that.
func TestUnblockedAfterDeletion(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "hello")
	w.pass(time.Minute)
	id := bob.contact(alice).ID
	bob.must(bob.engine.DeleteContact(bob.now(), id, true))
	alice.must(alice.engine.DeleteContact(alice.now(), 1, false))
	bob.flush()
	alice.add(bob)
	w.pass(time.Minute)
	bob.wants(alice, ledger.Asking)
	bob.must(bob.engine.BlockContact(bob.now(), id))
	bob.flush()
	bob.restart()
	bob.must(bob.engine.UnblockContact(bob.now(), id))
	bob.flush()
	bob.wants(alice, ledger.Deleted)
	bob.expect(alice, "alice: hello")
}
