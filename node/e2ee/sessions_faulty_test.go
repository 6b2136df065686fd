package e2ee_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// A session that somebody has closed hides none of the others.
func TestClosedSessionAmongOthers(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, alice, bob)
	old := alice.say(t, "first").Cell
	second := meet(t, alice, bob)
	new := alice.say(t, "second").Cell
	bob.Get(second).Close()
	if opened, err := bob.Open(old, now); err != nil || opened.Session != first {
		t.Errorf("a cell of the other session: %v", err)
	}
	_, err := bob.Open(new, now)
	wantErr(t, err, e2ee.ErrDecrypt)
	if sealed := bob.say(t, "answer"); sealed.Session != first {
		t.Error("sealed under another session than the one that is open")
	}
	if gone := bob.Expire(now.Add(2 * e2ee.MaxSessionAge)); slices.Contains(gone, first) {
		t.Error("the session in use was erased for one that is closed")
	}
}

func TestAddRefuses(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	closed, _ := newSessions(t)
	closed.Close()
	for name, s := range map[string]*e2ee.Session{"nil": nil, "closed": closed, "zero": new(e2ee.Session)} {
		gone, err := alice.Add(s, now)
		wantErr(t, err, e2ee.ErrState)
		if gone != nil || !slices.Equal(alice.IDs(), []e2ee.SessionID{id}) {
			t.Errorf("%s: something was added, or went", name)
		}
	}
}

// Whoever has stolen a seed cannot keep its owner out by a generation that is far
// above all others, short of the highest.
func TestOwnerComesBackAfterThief(t *testing.T) {
	for _, generation := range []uint64{1 << 31, 1<<32 + 2, 1 << 62, e2ee.MaxGeneration - 1} {
		for name, begins := range map[string]func(a, b *side) (*side, *side){
			"the owner": func(a, b *side) (*side, *side) { return a, b },
			"the other": func(a, b *side) (*side, *side) { return b, a },
		} {
			t.Run(fmt.Sprintf("%d, %s begins", generation, name), func(t *testing.T) {
				alice, bob := newSides(t)
				meet(t, alice, bob)
				cfg := alice.expecting(bob.person)
				cfg.Generation = generation
				a, b := start(t, cfg, bob.with(alice))
				carry(t, a, b)
				carry(t, b, a)
				carry(t, a, b)
				bob.join(t, session(t, b), now)
				thief := side{person: alice.person}
				thief.join(t, session(t, a), now)

				from, to := begins(alice, bob)
				id := meet(t, from, to)
				wantFlows(t, from, to, id)
				wantFlows(t, to, from, id)
				_, err := thief.Open(bob.say(t, "not for thieves").Cell, now)
				wantErr(t, err, e2ee.ErrDecrypt)
			})
		}
	}
}

// Generations end, and handshakes do not: all are then of the highest.
func TestHighestGeneration(t *testing.T) {
	alice, bob := newSides(t)
	cfg := alice.with(bob)
	cfg.Generation = e2ee.MaxGeneration
	a, b := start(t, cfg, bob.with(alice))
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
	alice.join(t, session(t, a), now)
	bob.join(t, session(t, b), now)
	for range 3 {
		if alice.Generation() != e2ee.MaxGeneration || bob.Generation() != e2ee.MaxGeneration {
			t.Fatalf("the next generations are %d and %d", alice.Generation(), bob.Generation())
		}
		meet(t, bob, alice)
	}
	ids := alice.IDs()
	if !slices.Equal(ids, bob.IDs()) || !slices.IsSortedFunc(ids, func(a, b e2ee.SessionID) int { return bytes.Compare(a[:], b[:]) }) {
		t.Error("sessions of the highest generation are not by ascending ID on both sides")
	}
	wantFlows(t, bob, alice, ids[0])
	wantFlows(t, alice, bob, ids[0])

	cfg.Generation = e2ee.MaxGeneration + 1
	if h, err := e2ee.NewInitiator(cfg); err == nil || h != nil {
		t.Error("a generation that nobody can have is proposed")
	}
}

// Of a clone and its original each goes its own way, and closing one leaves the
// other as it is.
func TestClone(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	missing := alice.say(t, "missing").Cell
	wantFlows(t, alice, bob, id)
	wantFlows(t, bob, alice, id)
	bob.restart(t, now)
	before := e2ee.StateOf(bob.Get(id))

	work := bob.Clone()
	if !bytes.Equal(e2ee.StateOf(work.Get(id)), before) || !slices.Equal(work.IDs(), bob.IDs()) {
		t.Fatal("a clone is another")
	}
	if _, err := work.Open(missing, now); err != nil {
		t.Fatal(err)
	}
	if _, err := work.Open(alice.say(t, "a step").Cell, now); err != nil {
		t.Fatal(err)
	}
	must[*e2ee.Sealed](t)(work.Seal(nil, now))
	if len(work.Unsaved()) != 1 || len(bob.Unsaved()) != 0 {
		t.Error("the wrong one is unsaved")
	}
	wantUnchanged(t, bob.Get(id), before)
	work.Close()
	wantUnchanged(t, bob.Get(id), before)

	// What was done to a clone that could not be stored can be done again.
	if _, err := bob.Open(missing, now); err != nil {
		t.Error(err)
	}
	kept := bob.Clone()
	bob.Close()
	bob.Sessions = *kept
	wantFlows(t, alice, bob, id)
	wantFlows(t, bob, alice, id)
}

// Whatever changes a session makes it unsaved, until it is saved.
func TestUnsaved(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	never := reload(t, alice.Get(id)) // it has been used, and is as it was saved
	early, _ := newSessions(t)
	early = reload(t, early) // it has not joined others
	for _, tt := range []struct {
		name   string
		change func(*e2ee.Sessions)
		want   bool
	}{
		{"nothing", func(*e2ee.Sessions) {}, false},
		{"another joins", func(s *e2ee.Sessions) { must[[]e2ee.SessionID](t)(s.Add(reload(t, early), now)) }, false},
		{"sealed by itself", func(s *e2ee.Sessions) { seal(t, s.Get(id), nil) }, true},
		{"opened by itself", func(s *e2ee.Sessions) {
			wantOpens(t, s.Get(id), bob.say(t, "").Cell, nil)
		}, true},
		{"sealed", func(s *e2ee.Sessions) { must[*e2ee.Sealed](t)(s.Seal(nil, now)) }, true},
		{"refused", func(s *e2ee.Sessions) {
			_, err := s.Open(make([]byte, e2ee.CellSize), now)
			wantErr(t, err, e2ee.ErrDecrypt)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s e2ee.Sessions
			must[[]e2ee.SessionID](t)(s.Add(reload(t, never), now))
			must[*e2ee.Opened](t)(s.Open(bob.say(t, "confirms").Cell, now))
			save(t, s.Get(id))
			tt.change(&s)
			if got := slices.Contains(s.Unsaved(), id); got != tt.want {
				t.Errorf("unsaved: %t", got)
			}
			save(t, s.Get(id))
			if slices.Contains(s.Unsaved(), id) {
				t.Error("unsaved though it was saved")
			}
		})
	}
	var s e2ee.Sessions
	must[[]e2ee.SessionID](t)(s.Add(reload(t, early), now))
	if len(s.Unsaved()) != 1 {
		t.Error("when a session has joined is not to be saved")
	}
}
