package e2ee_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// side is a person with all sessions with one contact.
type side struct {
	person
	e2ee.Sessions
}

func newSides(tb rapid.TB) (alice, bob *side) {
	tb.Helper()
	return &side{person: newPerson(tb, "alice")}, &side{person: newPerson(tb, "bob")}
}

func (s *side) with(peer *side) e2ee.HandshakeConfig {
	c := s.expecting(peer.person)
	c.Generation = s.Generation()
	return c
}

// meet runs a handshake that from begins, and adds the session on both sides.
func meet(tb rapid.TB, from, to *side) e2ee.SessionID {
	tb.Helper()
	return meetAt(tb, from, to, now)
}

func meetAt(tb rapid.TB, from, to *side, at time.Time) e2ee.SessionID {
	tb.Helper()
	a, b := start(tb, from.with(to), to.with(from))
	carry(tb, a, b)
	carry(tb, b, a)
	carry(tb, a, b)
	sa, sb := session(tb, a), session(tb, b)
	from.Add(sa, at)
	to.Add(sb, at)
	return sa.SessionID()
}

// wantFlows seals under the best session of from and opens at to.
func wantFlows(tb rapid.TB, from, to *side, want e2ee.SessionID) {
	tb.Helper()
	id, cell, err := from.Seal([]byte("flows"))
	if err != nil {
		tb.Fatalf("Seal: %v", err)
	}
	opened, err := to.Open(cell, now)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	if id != want || opened.Session != want || string(opened.Content) != "flows" {
		tb.Error("the cell went under another session")
	}
}

func TestNobodyWithoutSession(t *testing.T) {
	var s e2ee.Sessions
	_, _, err := s.Seal(nil)
	wantErr(t, err, e2ee.ErrNoSession)
	_, err = s.Open(make([]byte, e2ee.CellSize), now)
	wantErr(t, err, e2ee.ErrDecrypt)
	if s.Generation() != 1 || len(s.IDs()) != 0 || s.Get(e2ee.SessionID{}) != nil || s.Suspend(e2ee.SessionID{}) ||
		len(s.Expire(now)) != 0 {
		t.Error("the zero value has something")
	}
	s.Close()
}

func TestLaterHandshakeWins(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, alice, bob)
	_, old, err := alice.Seal([]byte("under way"))
	if err != nil {
		t.Fatal(err)
	}
	second := meet(t, bob, alice)
	for _, s := range []*side{alice, bob} {
		if !slices.Equal(s.IDs(), []e2ee.SessionID{second, first}) {
			t.Error("the second session is not the best")
		}
		if s.Generation() != 3 {
			t.Errorf("the next generation is %d, want 3", s.Generation())
		}
	}
	wantFlows(t, alice, bob, second)
	wantFlows(t, bob, alice, second)
	opened, err := bob.Open(old, now)
	if err != nil || opened.Session != first || string(opened.Content) != "under way" {
		t.Errorf("a cell of the first session: %v", err)
	}
}

// Whoever lost everything proposes 1, and gets what is better than all the other
// side has.
func TestHandshakeAfterLoss(t *testing.T) {
	for name, begins := range map[string]func(alice, bob *side) (*side, *side){
		"by the one who lost": func(a, b *side) (*side, *side) { return a, b },
		"by the other":        func(a, b *side) (*side, *side) { return b, a },
	} {
		t.Run(name, func(t *testing.T) {
			alice, bob := newSides(t)
			for range 3 {
				meet(t, alice, bob)
			}
			alice.Sessions = e2ee.Sessions{}
			_, cell, err := bob.Seal([]byte("for nobody"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = alice.Open(cell, now)
			wantErr(t, err, e2ee.ErrDecrypt)
			from, to := begins(alice, bob)
			id := meet(t, from, to)
			wantFlows(t, from, to, id)
			wantFlows(t, to, from, id)
			if alice.Generation() != 5 || bob.Generation() != 5 {
				t.Errorf("the next generations are %d and %d", alice.Generation(), bob.Generation())
			}
		})
	}
}

func TestSameSessionAddedTwice(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	s := alice.Get(id)
	if out := alice.Add(s, now); out != nil {
		t.Error("a session had to go for itself")
	}
	wantFlows(t, alice, bob, id)

	second := reload(t, s)
	if out := alice.Add(second, now); out != nil || len(alice.IDs()) != 1 {
		t.Error("a copy was added")
	}
	_, err := second.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	wantFlows(t, alice, bob, id)
}

func TestSessionsClose(t *testing.T) {
	alice, bob := newSides(t)
	s := alice.Get(meet(t, alice, bob))
	alice.Close()
	alice.Close()
	_, err := s.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	_, _, err = alice.Seal(nil)
	wantErr(t, err, e2ee.ErrNoSession)
}

func TestOrderOfAddingDoesNotMatter(t *testing.T) {
	alice, bob := newSides(t)
	var made [3]*e2ee.Session // all of generation 1
	for i := range made {
		a, b := start(t, alice.with(bob), bob.with(alice))
		carry(t, a, b)
		carry(t, b, a)
		carry(t, a, b)
		made[i] = session(t, b)
	}
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var s e2ee.Sessions
		for _, i := range order {
			s.Add(reload(t, made[i]), now)
		}
		if !slices.IsSortedFunc(s.IDs(), func(a, b e2ee.SessionID) int { return bytes.Compare(a[:], b[:]) }) {
			t.Error("sessions of one generation are not by ascending ID")
		}
	}
}

func TestReplacedSessionsExpire(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, alice, bob)
	second := meet(t, alice, bob)
	wantFlows(t, bob, alice, second)
	age := e2ee.MaxSessionAge
	if gone := bob.Expire(now.Add(age)); len(gone) != 0 {
		t.Error("a session went on the day itself")
	}
	old := bob.Get(first)
	if gone := bob.Expire(now.Add(age + time.Second)); !slices.Equal(gone, []e2ee.SessionID{first}) {
		t.Errorf("%d sessions went, want the first one", len(gone))
	}
	_, err := old.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	if gone := bob.Expire(now.Add(100 * age)); len(gone) != 0 {
		t.Error("the only session went")
	}
	wantFlows(t, bob, alice, second)
}

// An initiator whose message 3 may be lost goes on with the session it had, for
// as long as it likes.
func TestSessionInUseNeverExpires(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, bob, alice)
	a, b := start(t, alice.with(bob), bob.with(alice))
	carry(t, a, b)
	carry(t, b, a)
	write(t, a) // is lost
	pending := session(t, a)
	alice.Add(pending, now)
	alice.Suspend(pending.SessionID())

	later := now.Add(e2ee.MaxSessionAge + time.Hour)
	if gone := alice.Expire(later); len(gone) != 0 {
		t.Error("the session in use was erased")
	}
	wantFlows(t, alice, bob, first)

	// Nor does its time run on from the day on which it seemed to be replaced.
	second := meetAt(t, bob, alice, later)
	if gone := alice.Expire(later.Add(e2ee.MaxSessionAge / 2)); len(gone) != 0 {
		t.Error("a session was erased too early")
	}
	wantFlows(t, bob, alice, second)
}
