package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// What docs/protocol.md says that the protocol does not give is so. If one of
// these tests fails, the document promises too little, or the attackers of the
// other tests cannot do what an attacker can.

// An initiator who proves nothing is told who the responder is and whether it
// knows the person whom the initiator claims to be. It gets no further.
func TestCallerWithoutProofReadsMessage2(t *testing.T) {
	s := newThief(t)
	real := s.bob.expecting(s.alice)
	real.KnowsRemote = true
	bob, h, err := s.calls(t, real, s.config(true, s.itself, s.alice, s.bob))
	wantErr(t, err, e2ee.ErrIdentity)
	wantDead(t, bob)
	if !h.RemoteKnowsUs || !bytes.Equal(h.RemoteStatic, s.target.StaticPublic) {
		t.Error("the responder has not told")
	}
}

// A first message that is sent again is answered; the answer says nothing to one
// who has not made the first.
func TestReplayedMessage1SaysNothing(t *testing.T) {
	o := overhear(t, t.Name())
	again, _ := o.random.Configs(nil) // for fresh random bytes
	config := o.people[1]
	config.Ephemeral, config.RatchetX = o.random.Bytes(32), again.Ephemeral
	config.Encapsulation = o.random.Bytes(32)
	bob := reference.NewHandshake(config)
	if err := bob.Read(o.messages[0]); err != nil {
		t.Fatal(err)
	}
	bob.Write()
	for who, known := range map[string]reference.Set{
		"a recorder":            o.from(),
		"who has Alice's seed":  o.from(o.seeds[:1]),
		"who has both seeds":    o.from(o.seeds),
		"who has Alice's state": o.from(o.thefts[0].secrets),
	} {
		if known.Has(bob.Payloads[1]) {
			t.Errorf("%s reads the answer", who)
		}
	}
	if !o.from([][]byte{o.people[0].Ephemeral}).Has(bob.Payloads[1]) {
		t.Error("who has made the message does not read the answer")
	}
}

// A thief who is active before the victim's next step takes its place in the
// session. The victim is left outside.
func TestActiveThiefTakesThePlace(t *testing.T) {
	o := overhear(t, t.Name())
	o.play("A 0 B 1")
	alice, bob := o.sides[0], o.sides[1]
	posed := alice.model.Clone()
	posed.Trace = nil
	say := func(s *reference.Session, content string) []byte {
		t.Helper()
		cell, _, err := s.Seal([]byte(content), o.random.Draw(s, o.random))
		if err != nil {
			t.Fatal(err)
		}
		return cell
	}
	wantOpens(t, bob.real, say(posed, "it is me"), []byte("it is me"))

	bob.dice.load(reference.Draw{X: o.random.Bytes(32), Seed: o.random.Bytes(64), M: o.random.Bytes(32), Nonce: o.random.Bytes(24)})
	answer := seal(t, bob.real, []byte("I see"))
	if got, err := posed.Open(answer, uint64(now.Unix())); err != nil || string(got.Content) != "I see" {
		t.Errorf("the thief does not read the answer: %v", err)
	}
	_, err := alice.real.Open(answer, now)
	wantErr(t, err, e2ee.ErrDecrypt)
	// Her step uses the header key of the thief's, and that chain has its keys.
	_, err = bob.real.Open(say(alice.model, "no, it is me"), now)
	wantErr(t, err, e2ee.ErrMalformed)
}

// The end of a conversation can be cut off without a sign of it.
func TestTruncationIsNotNoticed(t *testing.T) {
	o := overhear(t, t.Name())
	o.play("A A A 0 1")
	if missing := o.sides[1].real.Missing(); len(missing) > 0 {
		t.Errorf("cells %v are missing", missing)
	}
}

// A repeated cell is known by its header. Its body is no longer looked at.
func TestRepeatedCellIsKnownByItsHeader(t *testing.T) {
	o := overhear(t, t.Name())
	o.play("A 0")
	changed := change{"body", 2352, make([]byte, 100)}.apply(o.cells[0].bytes)
	_, err := o.sides[1].real.Open(changed, now)
	wantErr(t, err, e2ee.ErrRepeated)
}

// Who puts an earlier saved session back makes a cell open again.
func TestSavedSessionSetBack(t *testing.T) {
	key, err := e2ee.NewStateKey(make([]byte, e2ee.StateKeySize))
	if err != nil {
		t.Fatal(err)
	}
	alice, bob := newSessions(t)
	saved, err := bob.Save(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	cell := seal(t, alice, []byte("once"))
	wantOpens(t, bob, cell, []byte("once"))
	earlier, err := e2ee.LoadSession(key, nil, saved)
	if err != nil {
		t.Fatal(err)
	}
	wantOpens(t, earlier, cell, []byte("once"))
}
