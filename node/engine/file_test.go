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

// offer offers a file.
func (p *person) offer(other *person, size uint64) ledger.File {
	p.Helper()
	f, err := p.engine.OfferFile(p.now(), p.conversation(other).ID, engine.NewFile{
		Path: "/photo", Name: "photo.jpg", Type: "image/jpeg", Size: size, Hash: [32]byte{1},
	})
	p.must(err)
	p.flush()
	return f
}

// file returns what somebody has of a file.
func (p *person) file(id ledger.FileID) ledger.File {
	p.Helper()
	all, err := p.disk.Files()
	p.must(err)
	for _, f := range all {
		if f.ID == id {
			return f
		}
	}
	return ledger.File{}
}

// TestFile takes every way that a file can go, by what either side does in turn.
func TestFile(t *testing.T) {
	type step struct {
		who int // 0 offers
		do  func(p *person, n ledger.FileNumber) error
	}
	accept := step{1, func(p *person, n ledger.FileNumber) error { return p.engine.AcceptFile(p.now(), n, "/to", "/draft") }}
	decline := step{1, func(p *person, n ledger.FileNumber) error { return p.engine.DeclineFile(p.now(), n) }}
	arrive := step{1, func(p *person, n ledger.FileNumber) error { return p.engine.FileArrived(p.now(), n, "/there") }}
	withdraw := func(who int) step {
		return step{who, func(p *person, n ledger.FileNumber) error { return p.engine.WithdrawFile(p.now(), n) }}
	}
	pause := func(who int) step {
		return step{who, func(p *person, n ledger.FileNumber) error { return p.engine.PauseFile(p.now(), n) }}
	}
	resume := func(who int) step {
		return step{who, func(p *person, n ledger.FileNumber) error { return p.engine.ResumeFile(p.now(), n) }}
	}
	broken := func(who int) step {
		return step{who, func(p *person, n ledger.FileNumber) error { return p.engine.FileBroken(p.now(), n, "no room") }}
	}
	for name, tt := range map[string]struct {
		steps []step
		last  error // of the last step
		want  [2]ledger.FileState
	}{
		"offered":                   {nil, nil, [2]ledger.FileState{ledger.Offered, ledger.Offered}},
		"accepted":                  {[]step{accept}, nil, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"declined":                  {[]step{decline}, nil, [2]ledger.FileState{ledger.Declined, ledger.Declined}},
		"withdrawn":                 {[]step{withdraw(0)}, nil, [2]ledger.FileState{ledger.Withdrawn, ledger.Withdrawn}},
		"not wanted after all":      {[]step{accept, withdraw(1)}, nil, [2]ledger.FileState{ledger.Withdrawn, ledger.Withdrawn}},
		"withdrawn while it moves":  {[]step{accept, withdraw(0)}, nil, [2]ledger.FileState{ledger.Withdrawn, ledger.Withdrawn}},
		"arrived":                   {[]step{accept, arrive}, nil, [2]ledger.FileState{ledger.Arrived, ledger.Arrived}},
		"arrived while paused":      {[]step{accept, pause(1), arrive}, nil, [2]ledger.FileState{ledger.Arrived, ledger.Arrived}},
		"paused by the sender":      {[]step{accept, pause(0)}, nil, [2]ledger.FileState{ledger.Paused, ledger.Moving}},
		"paused by the receiver":    {[]step{accept, pause(1)}, nil, [2]ledger.FileState{ledger.Moving, ledger.Paused}},
		"resumed":                   {[]step{accept, pause(1), resume(1)}, nil, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"broken at the receiver":    {[]step{accept, broken(1)}, nil, [2]ledger.FileState{ledger.Broken, ledger.Broken}},
		"broken at the sender":      {[]step{accept, broken(0)}, nil, [2]ledger.FileState{ledger.Broken, ledger.Broken}},
		"paused before it moves":    {[]step{pause(0)}, engine.ErrState, [2]ledger.FileState{ledger.Offered, ledger.Offered}},
		"resumed while it moves":    {[]step{accept, resume(0)}, engine.ErrState, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"arrived before it moves":   {[]step{arrive}, engine.ErrState, [2]ledger.FileState{ledger.Offered, ledger.Offered}},
		"accepted twice":            {[]step{accept, accept}, engine.ErrState, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"declined after all":        {[]step{accept, decline}, engine.ErrState, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"accepted by who offers":    {[]step{{0, accept.do}}, engine.ErrState, [2]ledger.FileState{ledger.Offered, ledger.Offered}},
		"declined by who offers":    {[]step{{0, decline.do}}, engine.ErrState, [2]ledger.FileState{ledger.Offered, ledger.Offered}},
		"arrived at who offers":     {[]step{accept, {0, arrive.do}}, engine.ErrState, [2]ledger.FileState{ledger.Moving, ledger.Moving}},
		"withdrawn after the end":   {[]step{decline, withdraw(0)}, engine.ErrNotFound, [2]ledger.FileState{ledger.Declined, ledger.Declined}},
		"broken after the end":      {[]step{accept, arrive, broken(1)}, engine.ErrNotFound, [2]ledger.FileState{ledger.Arrived, ledger.Arrived}},
		"accepted after it is gone": {[]step{withdraw(0), accept}, engine.ErrNotFound, [2]ledger.FileState{ledger.Withdrawn, ledger.Withdrawn}},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			f := alice.offer(bob, 5)
			w.pass(time.Second)
			for i, s := range tt.steps {
				p := w.people[s.who]
				err := s.do(p, p.file(f.ID).Number)
				if i == len(tt.steps)-1 {
					is(t, err, tt.last)
				} else {
					p.must(err)
				}
				p.flush()
				w.pass(time.Second)
			}
			for i, p := range w.people {
				got := p.file(f.ID)
				if got.State != tt.want[i] {
					t.Errorf("%s has it in state %d, want %d", p.name, got.State, tt.want[i])
				}
				if got.State.Final() != (len(got.Key) == 0) {
					t.Errorf("%s: final: %t, key: %t", p.name, got.State.Final(), len(got.Key) > 0)
				}
			}
		})
	}
}

// TestCrossingAnswers: both sides say something at once; the end is an end for both.
func TestCrossingAnswers(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	for name, do := range map[string]func(f, g ledger.FileNumber){
		"accepted and withdrawn": func(f, g ledger.FileNumber) {
			alice.must(alice.engine.WithdrawFile(alice.now(), f))
			bob.must(bob.engine.AcceptFile(bob.now(), g, "/to", "/draft"))
		},
		"declined and withdrawn": func(f, g ledger.FileNumber) {
			alice.must(alice.engine.WithdrawFile(alice.now(), f))
			bob.must(bob.engine.DeclineFile(bob.now(), g))
		},
		"both broken": func(f, g ledger.FileNumber) {
			alice.must(alice.engine.FileBroken(alice.now(), f, "here"))
			bob.must(bob.engine.FileBroken(bob.now(), g, "there"))
		},
	} {
		f := alice.offer(bob, 5)
		w.pass(time.Minute)
		do(f.Number, bob.file(f.ID).Number)
		alice.flush()
		bob.flush()
		w.pass(time.Minute)
		for _, p := range w.people {
			if s := p.file(f.ID).State; !s.Final() {
				t.Errorf("%s: %s has it in state %d", name, p.name, s)
			}
		}
	}
}

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
