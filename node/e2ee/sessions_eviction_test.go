package e2ee_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestSessionsAreBounded(t *testing.T) {
	alice, bob := newSides(t)
	var made []e2ee.SessionID
	var cells [][]byte
	for range e2ee.MaxSessions {
		made = append(made, meet(t, alice, bob))
		cells = append(cells, alice.say(t, "under way").Cell)
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
	from.join(t, sa, now)
	return sa.SessionID(), to.join(t, sb, now)
}

// hang begins a handshake whose message 3 is lost, and returns who went for it.
func hang(t *testing.T, from, to *side, at time.Time) (e2ee.SessionID, []e2ee.SessionID) {
	t.Helper()
	a, b := start(t, from.with(to), to.with(from))
	carry(t, a, b)
	carry(t, b, a)
	write(t, a)
	s := session(t, a)
	out := from.join(t, s, at)
	from.Suspend(s.SessionID())
	return s.SessionID(), out
}

// However often the last message is lost, even many times within a second, the
// session that works stays.
func TestConfirmedSessionStaysBesidePendingOnes(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Minute} {
		alice, bob := newSides(t)
		first, second := meet(t, bob, alice), meet(t, bob, alice)
		var hung []e2ee.SessionID
		for i := range 6 {
			id, out := hang(t, alice, bob, now.Add(time.Duration(i)*apart))
			var want []e2ee.SessionID
			switch {
			case i == 2:
				want = []e2ee.SessionID{first}
			case i > 2:
				want = hung[i-3 : i-2]
			}
			if !slices.Equal(out, want) {
				t.Errorf("for attempt %d another session went than the one longest without use", i)
			}
			hung = append(hung, id)
			wantFlowsAt(t, alice, bob, second, now.Add(time.Duration(i)*apart))
		}
		if got := alice.IDs(); !slices.Equal(got, []e2ee.SessionID{hung[5], hung[4], hung[3], second}) {
			t.Error("other sessions than the last three attempts and the one that works are left")
		}
		third, out := meetOut(t, bob, alice)
		if apart > 0 && !slices.Equal(out, hung[3:4]) {
			t.Error("another session than the one longest without use had to go")
		}
		wantFlows(t, alice, bob, third)
	}
}

// Many times in a row message 3 arrives and the initiator does not hear of it: it
// goes on with the session that it had, or goes back to it in the end.
func TestSessionInUseOfTheOtherSideIsNotEvicted(t *testing.T) {
	for _, between := range []bool{true, false} {
		for _, riding := range [][]string{nil, {"one", "two"}} {
			for _, began := range []string{"alice", "bob"} {
				t.Run(fmt.Sprintf("used between: %t, %d cells with message 3, first begun by %s", between, len(riding), began),
					func(t *testing.T) {
						alice, bob := newSides(t)
						from, to := alice, bob
						if began == "bob" {
							from, to = bob, alice
						}
						first := meet(t, from, to)
						for range 2 {
							wantFlows(t, from, to, first)
							wantFlows(t, to, from, first)
						}
						fallsBack(t, alice, bob, first, between, riding)
					})
			}
		}
	}
}

func fallsBack(t *testing.T, alice, bob *side, first e2ee.SessionID, between bool, riding []string) {
	t.Helper()
	early := alice.say(t, "under way").Cell
	at := now
	for range 2 * e2ee.MaxSessions {
		at = at.Add(time.Minute)
		unheard(t, alice, bob, at, riding...)
		if between {
			wantFlowsAt(t, alice, bob, first, at)
		}
	}
	if _, err := bob.Open(early, at); err != nil {
		t.Errorf("a cell that was under way all the time: %v", err)
	}
	wantFlowsAt(t, alice, bob, first, at)
	best := bob.IDs()[0]
	wantFlowsAt(t, bob, alice, best, at)
	wantFlowsAt(t, alice, bob, best, at)
}

// A session that joins stays, even if all others are better.
func TestNewSessionMayBeTheWorst(t *testing.T) {
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
	if out := bob.join(t, late, now); !slices.Equal(out, before[e2ee.MaxSessions-1:]) {
		t.Errorf("%d sessions went, want the worst of the others", len(out))
	}
	wantFlows(t, alice, bob, before[0])
	if bob.Get(late.SessionID()) == nil {
		t.Error("the new session is not there")
	}
}
