package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
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
