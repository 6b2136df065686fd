package e2ee_test

import (
	"bytes"
	"crypto/mlkem"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestWrongOrderIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name     string
		messages int // carried before the call
		call     func(initiator, responder *e2ee.Handshake) (*e2ee.Handshake, error)
	}{
		{"responder writes first", 0, func(_, r *e2ee.Handshake) (*e2ee.Handshake, error) { return writing(r) }},
		{"initiator reads first", 0, func(i, _ *e2ee.Handshake) (*e2ee.Handshake, error) { return reading(i) }},
		{"initiator writes twice", 1, func(i, _ *e2ee.Handshake) (*e2ee.Handshake, error) { return writing(i) }},
		{"responder reads twice", 1, func(_, r *e2ee.Handshake) (*e2ee.Handshake, error) { return reading(r) }},
		{"responder writes twice", 2, func(_, r *e2ee.Handshake) (*e2ee.Handshake, error) { return writing(r) }},
		{"initiator reads twice", 2, func(i, _ *e2ee.Handshake) (*e2ee.Handshake, error) { return reading(i) }},
		{"initiator writes a fourth", 3, func(i, _ *e2ee.Handshake) (*e2ee.Handshake, error) { return writing(i) }},
		{"initiator reads a fourth", 3, func(i, _ *e2ee.Handshake) (*e2ee.Handshake, error) { return reading(i) }},
		{"responder writes a fourth", 3, func(_, r *e2ee.Handshake) (*e2ee.Handshake, error) { return writing(r) }},
		{"responder reads a fourth", 3, func(_, r *e2ee.Handshake) (*e2ee.Handshake, error) { return reading(r) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			initiator, responder := newPair(t)
			sender, receiver := initiator, responder
			for range tt.messages {
				carry(t, sender, receiver)
				sender, receiver = receiver, sender
			}
			h, err := tt.call(initiator, responder)
			wantErr(t, err, e2ee.ErrState)
			wantDead(t, h)
		})
	}
}

func writing(h *e2ee.Handshake) (*e2ee.Handshake, error) {
	_, err := h.Write()
	return h, err
}

func reading(h *e2ee.Handshake) (*e2ee.Handshake, error) {
	return h, h.Read(make([]byte, e2ee.Message1Size))
}

// Messages of one handshake are worthless in another one, even between the same
// two people.
func TestReplayedMessagesAreRefused(t *testing.T) {
	a, b := newPair(t)
	first := carry(t, a, b)
	second := carry(t, b, a)
	third := carry(t, a, b)

	a, b = newPair(t)
	carry(t, a, b)
	wantErr(t, a.Read(second), e2ee.ErrDecrypt)
	wantDead(t, a)

	_, b = newPair(t)
	if err := b.Read(first); err != nil {
		t.Fatalf("nothing in a first message shows that it is a replay, and yet: %v", err)
	}
	write(t, b)
	wantErr(t, b.Read(third), e2ee.ErrDecrypt)
	wantDead(t, b)
}

// A message that comes late cannot disturb the session that grew out of it.
func TestSessionOutlivesReplayedHandshake(t *testing.T) {
	a, b := newPair(t)
	first := carry(t, a, b)
	carry(t, b, a)
	third := carry(t, a, b)
	sa, sb := session(t, a), session(t, b)
	wantErr(t, b.Read(first), e2ee.ErrState)
	wantErr(t, b.Read(third), e2ee.ErrState)
	wantOpens(t, sb, seal(t, sa, []byte("unmoved")), []byte("unmoved"))
}

func TestMessageOfOtherStepIsRefused(t *testing.T) {
	_, b := upTo(t, 3)
	wantErr(t, b.Read(make([]byte, e2ee.Message1Size)), e2ee.ErrMalformed)
	wantDead(t, b)
}

func TestCloseGivesUp(t *testing.T) {
	for messages := range 4 {
		a, b := newPair(t)
		sender, receiver := a, b
		for range messages {
			carry(t, sender, receiver)
			sender, receiver = receiver, sender
		}
		a.Close()
		b.Close()
		wantDead(t, a)
		wantDead(t, b)
	}
}

func TestZeroValuesRefuse(t *testing.T) {
	wantDead(t, new(e2ee.Handshake))
	s := new(e2ee.Session)
	_, err := s.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	_, err = s.Open(make([]byte, e2ee.CellSize), now)
	wantErr(t, err, e2ee.ErrState)
	s.Close()
}

// Without randomness there is no message, at whichever byte it runs dry.
func TestFailingRandomSource(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	broken := errors.New("no entropy")
	for _, n := range []int{0, 63, 64, 95} {
		cfg := alice.expecting(bob)
		cfg.Rand = dry(n, broken)
		a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
		msg, err := a.Write()
		wantErr(t, err, broken)
		if msg != nil {
			t.Error("a message came with the error")
		}
		wantDead(t, a)
	}

	// Ratchet keys of X25519 and ML-KEM, and the ephemeral key.
	for _, n := range []int{31, 32, 95, 96, 127} {
		cfg := bob.expecting(alice)
		cfg.Rand = dry(n, broken)
		a, b := start(t, alice.expecting(bob), cfg)
		carry(t, a, b)
		msg, err := b.Write()
		wantErr(t, err, broken)
		if msg != nil {
			t.Error("a message came with the error")
		}
		wantDead(t, b)
	}
}

// Nor is there a cell or a saved session, and nothing has changed.
func TestSessionWithFailingRandomSource(t *testing.T) {
	a, b := newSessions(t)
	broken := errors.New("no entropy")
	for _, n := range []int{0, 31, 32, 95, 96, 119} { // a is about to take a step
		before := e2ee.StateOf(a)
		e2ee.SetRandom(a, dry(n, broken), (*mlkem.EncapsulationKey768).Encapsulate)
		cell, err := a.Seal([]byte("never"))
		wantErr(t, err, broken)
		if cell != nil || !bytes.Equal(before, e2ee.StateOf(a)) {
			t.Errorf("with %d random bytes the state has changed", n)
		}
	}
	e2ee.SetRandom(a, dry(23, broken), nil)
	saved, err := a.Save(stateKey(t), nil)
	wantErr(t, err, broken)
	if saved != nil {
		t.Error("a saved session came with the error")
	}
	e2ee.SetRandom(a, rand.Reader, (*mlkem.EncapsulationKey768).Encapsulate)
	wantOpens(t, b, seal(t, a, []byte("at last")), []byte("at last"))
}

// dry returns a reader of n bytes that then fails.
func dry(n int, err error) io.Reader {
	return io.MultiReader(bytes.NewReader(make([]byte, n)), iotest.ErrReader(err))
}
