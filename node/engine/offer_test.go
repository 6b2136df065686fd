package engine_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestAutoAccept is up to a size, from verified contacts, if it is on.
func TestAutoAccept(t *testing.T) {
	for _, tt := range []struct {
		verified   bool
		most, size uint64
		want       bool
	}{{true, 10, 10, true}, {true, 10, 11, false}, {false, 10, 5, false}, {true, 0, 0, false}} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		bob.settings.AutoAccept = tt.most
		bob.must(bob.engine.SetSettings(bob.now(), bob.settings))
		bob.must(bob.engine.UpdateContact(bob.now(), 1, engine.ContactUpdate{Verified: &tt.verified}))
		f := alice.offer(bob, tt.size)
		w.pass(time.Minute)
		if got := slices.Contains(bob.signals, engine.Signal(engine.AutoAccept{File: bob.file(f.ID).Number})); got != tt.want {
			t.Errorf("%+v: %t", tt, got)
		}
	}
}

// TestFetching: what moves, from whom, and who may have it.
func TestFetching(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	f := alice.offer(bob, 5)
	w.pass(time.Minute)
	number := bob.file(f.ID).Number
	if got, err := alice.engine.Outgoing(bob.peer, f.ID); err != nil || !bytes.Equal(got.Key, f.Key) || len(f.Key) != 32 {
		t.Errorf("offered: %v", err) // that it was accepted may be on its way
	}
	if got := bob.engine.Fetches(); len(got) != 0 {
		t.Errorf("offered: %d are fetched", len(got))
	}
	bob.must(bob.engine.AcceptFile(bob.now(), number, "/to", "/draft"))
	bob.flush()
	w.pass(time.Minute)
	got := bob.engine.Fetches()
	if len(got) != 1 || !bytes.Equal(got[0].Key, f.Key) || got[0].Draft != "/draft" {
		t.Fatalf("accepted: %+v is fetched", got)
	}
	w.pass(10 * time.Minute)
	if len(bob.plugs) != 1 {
		t.Error("the link is closed while a file moves")
	}
	bob.engine.FileWritten(number, 3)
	bob.flush()
	if n := bob.file(f.ID).Chunks; n != 3 {
		t.Errorf("%d chunks are written", n)
	}
	alice.must(alice.engine.PauseFile(alice.now(), f.Number))
	_, err := alice.engine.Outgoing(bob.peer, f.ID)
	is(t, err, engine.ErrState)
	_, err = alice.engine.Outgoing([]byte("somebody else"), f.ID)
	is(t, err, engine.ErrNotFound)
	_, err = alice.engine.Outgoing(bob.peer, ledger.FileID{9})
	is(t, err, engine.ErrNotFound)
	is(t, bob.engine.Refusal(number), engine.ErrNotFound) // it is not his
	alice.must(alice.engine.WithdrawFile(alice.now(), f.Number))
	is(t, alice.engine.Refusal(f.Number), engine.ErrNotFound)
	if !bytes.Equal(got[0].Key, f.Key) || slices.Max(f.Key) == 0 {
		t.Error("a key was changed in the hands of whoever uses it")
	}
	bob.offline = true
	w.cutAll()
	w.pass(time.Minute)
	if got := bob.engine.Fetches(); len(got) != 0 {
		t.Errorf("nobody is there: %d are fetched", len(got))
	}
}

// TestOffersAreBounded in either direction. Too many are declined.
func TestOffersAreBounded(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	for range engine.MaxOffers {
		alice.offer(bob, 5)
	}
	_, err := alice.engine.OfferFile(alice.now(), 1, engine.NewFile{Name: "x"})
	is(t, err, engine.ErrQueueFull)
	r := newRogueContact(w, "rogue", alice)
	for i := range engine.MaxOffers + 3 {
		r.must(r.say(wire.FileOffer{ID: wire.FileID{byte(i)}, Name: fmt.Sprint(i)}))
	}
	files, err := alice.disk.OpenFiles()
	alice.must(err)
	if n := len(files); n != 2*engine.MaxOffers {
		t.Errorf("%d files are open", n)
	}
	declined := 0
	for _, body := range r.items() {
		if a, ok := body.(wire.FileAnswer); ok && a.Answer == wire.FileDeclined {
			declined++
		}
	}
	if declined != 3 {
		t.Errorf("%d offers were declined", declined)
	}
}

// TestOfferThatComesAgain is the same offer.
func TestOfferThatComesAgain(t *testing.T) {
	w := newWorld(t, "alice")
	r := newRogueContact(w, "rogue", w.people[0])
	offer := wire.FileOffer{ID: wire.FileID{1}, Name: "x"}
	r.must(r.say(offer, offer))
	r.stream, r.next = 2, 0 // it has begun anew
	r.must(r.say(offer))
	w.pass(0)
	if all, _ := r.victim.disk.Files(); len(all) != 1 {
		t.Errorf("there are %d files", len(all))
	}
	for _, body := range r.items() {
		if a, ok := body.(wire.FileAnswer); ok {
			t.Errorf("the answer is %d", a.Answer)
		}
	}
}

// TestFileOfAnother: a contact can say nothing of what is another's.
func TestFileOfAnother(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	f := alice.offer(bob, 5)
	r := newRogueContact(w, "rogue", alice)
	for a := wire.FileAccepted; a <= wire.FileBroken; a++ {
		r.must(r.say(wire.FileAnswer{ID: wire.FileID(f.ID), Answer: a}))
	}
	if s := alice.file(f.ID).State; s != ledger.Offered {
		t.Errorf("the file is in state %d", s)
	}
	if _, err := alice.engine.Outgoing(r.peer, f.ID); err == nil {
		t.Error("somebody else gets it")
	}
}
