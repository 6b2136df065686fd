package e2ee_test

import (
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestSessionsAreBounded(t *testing.T) {
	alice, bob := newSides(t)
	var made []e2ee.SessionID
	var cells [][]byte
	for range e2ee.MaxSessions {
		made = append(made, meet(t, alice, bob))
		_, cell, err := alice.Seal([]byte("under way"))
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, cell)
	}
	least := bob.Get(made[0])
	fifth, out := meetOut(t, alice, bob)
	if !slices.Equal(out, made[:1]) {
		t.Error("another session than the least had to go")
	}
	_, err := least.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	if got := bob.IDs(); !slices.Equal(got, []e2ee.SessionID{fifth, made[3], made[2], made[1]}) {
		t.Errorf("%d sessions are left", len(got))
	}
	_, err = bob.Open(cells[0], now)
	wantErr(t, err, e2ee.ErrDecrypt)
	for _, cell := range cells[1:] {
		if _, err := bob.Open(cell, now); err != nil {
			t.Error(err)
		}
	}
}

// meetOut is meet, and returns whom the responder had to send away.
func meetOut(t *testing.T, from, to *side) (e2ee.SessionID, []e2ee.SessionID) {
	t.Helper()
	a, b := start(t, from.with(to), to.with(from))
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
	sa, sb := session(t, a), session(t, b)
	from.Add(sa, now)
	return sa.SessionID(), to.Add(sb, now)
}

// hang begins a handshake whose message 3 is lost, and returns who went for it.
func hang(t *testing.T, from, to *side) (e2ee.SessionID, []e2ee.SessionID) {
	t.Helper()
	a, b := start(t, from.with(to), to.with(from))
	carry(t, a, b)
	carry(t, b, a)
	write(t, a)
	s := session(t, a)
	out := from.Add(s, now)
	from.Suspend(s.SessionID())
	return s.SessionID(), out
}

// However often the last message is lost, the sessions that work stay.
func TestUnusableSessionsGoFirst(t *testing.T) {
	alice, bob := newSides(t)
	first, second := meet(t, bob, alice), meet(t, bob, alice)
	var hung []e2ee.SessionID
	for i := range 6 {
		id, out := hang(t, alice, bob)
		switch {
		case i < 2 && out != nil:
			t.Error("a session went though there was room")
		case i >= 2 && !slices.Equal(out, hung[i-2:i-1]):
			t.Errorf("for attempt %d another session went than the least of those that hang", i)
		}
		hung = append(hung, id)
	}
	if got := alice.IDs(); !slices.Equal(got, []e2ee.SessionID{hung[5], hung[4], second, first}) {
		t.Error("other sessions than the last two attempts and the two that work are left")
	}
	wantFlows(t, alice, bob, second)
	third, out := meetOut(t, bob, alice)
	if !slices.Equal(out, hung[4:5]) {
		t.Error("another session than the least unusable one had to go")
	}
	wantFlows(t, alice, bob, third)
}

// A session that is below all others goes at once when all others are of use.
func TestNewSessionMayBeTheLeast(t *testing.T) {
	alice, bob := newSides(t)
	old := &side{person: alice.person}
	a, b := start(t, old.with(bob), (&side{person: bob.person}).with(alice)) // proposes 1
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
	late := session(t, b)
	for range e2ee.MaxSessions {
		meet(t, alice, bob)
	}
	before := bob.IDs()
	out := bob.Add(late, now)
	// It is of generation 1 as the first of the others, which has the higher ID or
	// the lower one.
	if len(out) != 1 || len(bob.IDs()) != e2ee.MaxSessions {
		t.Fatalf("%d sessions went, %d are left", len(out), len(bob.IDs()))
	}
	if least := before[e2ee.MaxSessions-1]; out[0] != late.SessionID() && out[0] != least {
		t.Error("a session went that is not the least")
	}
	wantFlows(t, alice, bob, before[0])
}
