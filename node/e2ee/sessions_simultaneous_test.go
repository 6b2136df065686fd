package e2ee_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// crossed are two handshakes that two people began at the same time.
type crossed struct {
	alice, bob         *side
	byAlice, answerBob *e2ee.Handshake
	byBob, answerAlice *e2ee.Handshake
}

func cross(t *testing.T) *crossed {
	t.Helper()
	c := new(crossed)
	c.alice, c.bob = newSides(t)
	c.byAlice, c.answerBob = start(t, c.alice.with(c.bob), c.bob.with(c.alice))
	c.byBob, c.answerAlice = start(t, c.bob.with(c.alice), c.alice.with(c.bob))
	carry(t, c.byAlice, c.answerBob)
	carry(t, c.byBob, c.answerAlice)
	carry(t, c.answerBob, c.byAlice)
	carry(t, c.answerAlice, c.byBob)
	return c
}

func TestSimultaneousHandshakesEndInOneSession(t *testing.T) {
	// Which ID is the lower one is chance; both outcomes are needed.
	outcomes := make(map[bool]bool)
	for i := 0; len(outcomes) < 2; i++ {
		if i == 100 {
			t.Fatal("the same side's handshake wins a hundred times")
		}
		c := cross(t)
		// Both write message 3 and send at once, under the session they know of.
		last := [2][]byte{write(t, c.byAlice), write(t, c.byBob)}
		sa, sb := session(t, c.byAlice), session(t, c.byBob)
		c.alice.join(t, sa, now)
		c.bob.join(t, sb, now)
		under := make(map[string][]byte)
		for name, s := range map[string]*side{"alice": c.alice, "bob": c.bob} {
			under[name] = s.say(t, name).Cell
		}
		told(t, c.answerBob, last[0])
		told(t, c.answerAlice, last[1])
		c.bob.join(t, session(t, c.answerBob), now)
		c.alice.join(t, session(t, c.answerAlice), now)

		best := sa.SessionID()
		if other := sb.SessionID(); bytes.Compare(other[:], best[:]) < 0 {
			best = other
		}
		outcomes[best == sa.SessionID()] = true
		wantFlows(t, c.alice, c.bob, best)
		wantFlows(t, c.bob, c.alice, best)
		for name, s := range map[string]*side{"alice": c.bob, "bob": c.alice} {
			opened, err := s.Open(under[name], now)
			if err != nil || string(opened.Content) != name {
				t.Errorf("%s's first cell is lost: %v", name, err)
			}
		}
		if c.alice.Generation() != 2 || c.bob.Generation() != 2 {
			t.Error("handshakes of one generation have used two")
		}
	}
}

// Whatever becomes of a handshake before its last message, the session that
// there is stays the one in use.
func TestUnfinishedHandshakeChangesNothing(t *testing.T) {
	for messages := range 3 {
		t.Run(fmt.Sprintf("after message %d", messages), func(t *testing.T) {
			alice, bob := newSides(t)
			id := meet(t, alice, bob)
			a, b := start(t, bob.with(alice), alice.with(bob))
			sender, receiver := a, b
			for range messages {
				carry(t, sender, receiver)
				sender, receiver = receiver, sender
			}
			a.Close()
			wantErr(t, b.Read(make([]byte, e2ee.Message3Size)), failureAfter(messages))
			wantFlows(t, alice, bob, id)
			wantFlows(t, bob, alice, id)
			if alice.Generation() != 2 || bob.Generation() != 2 {
				t.Error("an unfinished handshake has used a generation")
			}
		})
	}
}

func failureAfter(messages int) error {
	switch messages {
	case 0:
		return e2ee.ErrVersion // all zeros
	case 1:
		return e2ee.ErrState
	default:
		return e2ee.ErrDecrypt
	}
}

// pending returns alice and bob, who have a session, and a handshake of alice's
// whose message 3 is under way.
func pending(t *testing.T) (alice, bob *side, first, second e2ee.SessionID, last []byte, answer *e2ee.Handshake) {
	t.Helper()
	alice, bob = newSides(t)
	first = meet(t, bob, alice)
	a, b := start(t, alice.with(bob), bob.with(alice))
	carry(t, a, b)
	carry(t, b, a)
	last = write(t, a)
	s := session(t, a)
	alice.join(t, s, now)
	return alice, bob, first, s.SessionID(), last, b
}

func TestMessage3IsLost(t *testing.T) {
	alice, bob, first, second, _, _ := pending(t)
	riding := alice.say(t, "rides with message 3")
	if riding.Session != second || !riding.Pending {
		t.Fatal("the new session is not in use, or not known to be pending")
	}
	_, err := bob.Open(riding.Cell, now)
	wantErr(t, err, e2ee.ErrDecrypt)
	if !alice.Suspend(second) {
		t.Error("nothing has to be sealed again")
	}
	wantFlows(t, alice, bob, first)
	wantFlows(t, bob, alice, first)
	if alice.Get(second).Confirmed() {
		t.Error("a session that the other side has not is confirmed")
	}
}

func TestMessage3ArrivesUnknownToItsSender(t *testing.T) {
	alice, bob, first, second, last, answer := pending(t)
	riding := alice.say(t, "rides with message 3")
	alice.Suspend(second)
	told(t, answer, last)
	bob.join(t, session(t, answer), now)
	opened, err := bob.Open(riding.Cell, now)
	if err != nil || string(opened.Content) != "rides with message 3" {
		t.Errorf("the cell is lost: %v", err)
	}
	wantFlows(t, alice, bob, first)
	// Whatever bob says comes under the new session, and confirms it.
	wantFlows(t, bob, alice, second)
	if alice.Suspend(second) {
		t.Error("a confirmed session was suspended")
	}
	wantFlows(t, alice, bob, second)
}

func TestResponderNeverSuspends(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	if bob.Suspend(id) || !bob.Get(id).Confirmed() {
		t.Error("the responder knows that the initiator has the session")
	}
	for range 2 {
		if !alice.Suspend(id) {
			t.Error("the initiator does not know that of the responder")
		}
	}
	_, err := alice.Seal(nil, now)
	wantErr(t, err, e2ee.ErrNoSession)
	wantFlows(t, bob, alice, id)
	wantFlows(t, alice, bob, id)
}

// After a restart nobody seals under a session that may be the own side's only.
func TestUnconfirmedSessionIsLoadedSuspended(t *testing.T) {
	alice, bob := newSides(t)
	id := meet(t, alice, bob)
	restart := func(s *side) {
		loaded := reload(t, s.Get(id))
		s.Sessions = e2ee.Sessions{}
		s.join(t, loaded, now)
	}
	restart(alice)
	_, err := alice.Seal(nil, now)
	wantErr(t, err, e2ee.ErrNoSession)
	restart(bob)
	wantFlows(t, bob, alice, id)
	restart(alice)
	wantFlows(t, alice, bob, id)
}
