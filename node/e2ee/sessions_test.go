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
	from.join(tb, sa, at)
	to.join(tb, sb, at)
	return sa.SessionID()
}

// join adds a session, and returns who went for it.
func (s *side) join(tb rapid.TB, session *e2ee.Session, at time.Time) []e2ee.SessionID {
	tb.Helper()
	return must[[]e2ee.SessionID](tb)(s.Add(session, at))
}

// say seals a content.
func (s *side) say(tb rapid.TB, content string) *e2ee.Sealed {
	tb.Helper()
	return s.sayAt(tb, content, now)
}

func (s *side) sayAt(tb rapid.TB, content string, at time.Time) *e2ee.Sealed {
	tb.Helper()
	return must[*e2ee.Sealed](tb)(s.Seal([]byte(content), at))
}

// restart closes all sessions and loads them from what was saved.
func (s *side) restart(tb rapid.TB, at time.Time) {
	tb.Helper()
	var loaded []*e2ee.Session
	for _, id := range s.IDs() {
		loaded = append(loaded, reload(tb, s.Get(id)))
	}
	s.Close()
	s.Sessions = e2ee.Sessions{}
	for _, l := range loaded {
		if gone := s.join(tb, l, at); len(gone) != 0 {
			tb.Fatal("a session went when it was loaded")
		}
	}
}

// wantFlows seals under the session in use of from and opens at to.
func wantFlows(tb rapid.TB, from, to *side, want e2ee.SessionID) {
	tb.Helper()
	wantFlowsAt(tb, from, to, want, now)
}

func wantFlowsAt(tb rapid.TB, from, to *side, want e2ee.SessionID, at time.Time) {
	tb.Helper()
	sealed := from.sayAt(tb, "flows", at)
	opened, err := to.Open(sealed.Cell, at)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	if sealed.Session != want || opened.Session != want || string(opened.Content) != "flows" {
		tb.Error("the cell went under another session")
	}
}

func TestNobodyWithoutSession(t *testing.T) {
	var s e2ee.Sessions
	_, err := s.Seal(nil, now)
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
	old := alice.say(t, "under way").Cell
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
			_, err := alice.Open(bob.say(t, "for nobody").Cell, now)
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
	if out := alice.join(t, s, now); out != nil {
		t.Error("a session had to go for itself")
	}
	wantFlows(t, alice, bob, id)

	second := reload(t, s)
	if out := alice.join(t, second, now); out != nil || len(alice.IDs()) != 1 {
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
	_, err = alice.Seal(nil, now)
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
			must[[]e2ee.SessionID](t)(s.Add(reload(t, made[i]), now))
		}
		if !slices.IsSortedFunc(s.IDs(), func(a, b e2ee.SessionID) int { return bytes.Compare(a[:], b[:]) }) {
			t.Error("sessions of one generation are not by ascending ID")
		}
	}
}
