package e2ee_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
)

const day = 24 * time.Hour

func TestUnusedSessionsExpire(t *testing.T) {
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

// A day on which the session was sealed or opened under is a new beginning.
func TestUsedSessionsStay(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, alice, bob)
	late := [2][]byte{alice.say(t, "late").Cell, alice.say(t, "later").Cell}
	meet(t, alice, bob)
	at := now
	for _, cell := range late {
		at = at.Add(e2ee.MaxSessionAge)
		if gone := bob.Expire(at); len(gone) != 0 {
			t.Fatal("a session went that was used on the last day")
		}
		if _, err := bob.Open(cell, at); err != nil {
			t.Error(err)
		}
	}
	if gone := bob.Expire(at.Add(e2ee.MaxSessionAge + time.Second)); !slices.Equal(gone, []e2ee.SessionID{first}) {
		t.Error("the session did not go after its time")
	}
}

// unheard is meet, but the connection ends before the initiator hears anything
// behind message 3. The cells that ride with it arrive.
func unheard(t *testing.T, from, to *side, at time.Time, riding ...string) e2ee.SessionID {
	t.Helper()
	id := meetAt(t, from, to, at)
	for _, content := range riding {
		sealed := from.sayAt(t, content, at)
		if sealed.Session != id || !sealed.Pending {
			t.Error("a cell behind message 3 is under another session, or not pending")
		}
		if _, err := to.Open(sealed.Cell, at); err != nil {
			t.Errorf("a cell behind message 3: %v", err)
		}
	}
	if !from.Suspend(id) || !from.Get(id).Suspended() || to.Get(id).Suspended() {
		t.Error("not only the initiator has suspended the session")
	}
	return id
}

// Message 3 arrives and nobody answers: the initiator goes on under the session
// that it had, and the responder has one that is better.
func TestSessionInUseOfTheOtherSideStays(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, bob, alice)
	wantFlows(t, alice, bob, first)
	second := unheard(t, alice, bob, now)
	for d := range 60 {
		at := now.Add(time.Duration(d) * day)
		wantFlowsAt(t, alice, bob, first, at)
		if len(bob.Expire(at)) != 0 || len(alice.Expire(at)) != 0 {
			t.Fatalf("after %d days a session was erased", d)
		}
	}
	wantFlowsAt(t, bob, alice, second, now.Add(60*day))
	wantFlowsAt(t, alice, bob, second, now.Add(60*day))
}

// An initiator whose message 3 is lost goes on with the session it had, for as
// long as it likes, whatever it is loaded with.
func TestSessionInUseNeverExpires(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, bob, alice)
	hang(t, alice, bob, now)
	alice.restart(t, now)
	at := now
	for range 31 {
		at = at.Add(day)
		wantFlowsAt(t, alice, bob, first, at)
		if len(alice.Expire(at)) != 0 {
			t.Fatal("the session in use was erased")
		}
	}
	underWay := bob.sayAt(t, "under way", at)
	third := meetAt(t, bob, alice, at)
	at = at.Add(day)
	gone := alice.Expire(at)
	if slices.Contains(gone, first) {
		t.Error("a session went the day after it was in use")
	}
	if opened, err := alice.Open(underWay.Cell, at); err != nil || opened.Session != first {
		t.Errorf("what was under way: %v", err)
	}
	wantFlowsAt(t, alice, bob, third, at)
}

// While a new session waits to be confirmed, the one to go back to stays.
func TestPendingSessionExpiresNobody(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, bob, alice)
	at := now.Add(2 * e2ee.MaxSessionAge)
	second := meetAt(t, alice, bob, at)
	if gone := alice.Expire(at); len(gone) != 0 {
		t.Error("a session went though none that is better is confirmed")
	}
	alice.Suspend(second)
	wantFlowsAt(t, alice, bob, first, at)
}

func TestExpireForgetsOldKeysOfAllSessions(t *testing.T) {
	alice, bob := newSides(t)
	first := meet(t, alice, bob)
	missing := alice.say(t, "missing").Cell
	wantFlows(t, alice, bob, first)
	late := alice.say(t, "late").Cell
	second := meet(t, alice, bob)
	if _, err := bob.Open(late, now.Add(20*day)); err != nil {
		t.Fatal(err)
	}
	bob.restart(t, now)
	if ids := bob.Unsaved(); len(ids) != 0 {
		t.Fatalf("%d sessions are unsaved after they were loaded", len(ids))
	}
	if bob.Expire(now.Add(e2ee.MaxSkippedAge)); len(bob.Get(first).Missing()) != 1 || len(bob.Unsaved()) != 0 {
		t.Error("a key went on the day itself")
	}
	at := now.Add(e2ee.MaxSkippedAge + time.Second)
	if gone := bob.Expire(at); len(gone) != 0 {
		t.Error("a session went")
	}
	if s := bob.Get(first); len(s.Missing()) != 0 || s.Lost() != 1 {
		t.Errorf("%d cells are missing and %d lost, want none and one", len(s.Missing()), s.Lost())
	}
	if ids := bob.Unsaved(); !slices.Equal(ids, []e2ee.SessionID{first}) {
		t.Errorf("%d sessions are unsaved, want the first", len(ids))
	}
	if _, err := bob.Open(missing, at); err == nil {
		t.Error("a cell opens whose key is forgotten")
	}
	wantFlowsAt(t, alice, bob, second, at)
}
