package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// held is what a session holds in memory: the places, and what was in them.
type held struct {
	places [][]byte
	keys   [][]byte
}

func holding(s *e2ee.Session) held {
	h := held{places: e2ee.SecretsOf(s)}
	for _, key := range h.places {
		h.keys = append(h.keys, bytes.Clone(key))
	}
	return h
}

var zeroKey = make([]byte, 32)

// wantErased checks that what the session no longer holds is no longer where it
// was.
func (h held) wantErased(t *testing.T, s *e2ee.Session, wantGone int) {
	t.Helper()
	inUse := make(map[string]bool)
	for _, key := range e2ee.SecretsOf(s) {
		inUse[string(key)] = true
	}
	gone := 0
	for i, key := range h.keys {
		if inUse[string(key)] || bytes.Equal(key, zeroKey) {
			continue
		}
		if gone++; bytes.Equal(h.places[i], key) {
			t.Errorf("key %d is no longer used, and still there", i)
		}
	}
	if gone != wantGone {
		t.Errorf("%d keys went, want %d", gone, wantGone)
	}
}

func TestUsedKeysAreErased(t *testing.T) {
	a, b := newSessions(t)

	h := holding(a)
	skipped := seal(t, a, nil)
	h.wantErased(t, a, 1) // root key; the next header key has become that of the chain
	h = holding(a)
	next := seal(t, a, nil)
	h.wantErased(t, a, 1) // chain key

	h = holding(b)
	wantOpens(t, b, next, nil)
	h.wantErased(t, b, 3) // root key, and chain and header key of the sending chain that ended
	if e2ee.HasKeyPair(b) {
		t.Error("the ratchet keys are still there")
	}
	h = holding(b)
	wantOpens(t, b, seal(t, a, nil), nil)
	h.wantErased(t, b, 1) // chain key
	h = holding(b)
	wantOpens(t, b, skipped, nil)
	h.wantErased(t, b, 1) // skipped key; the header key is that of the chain
}

// Keys that stay move to other places, and leave nothing behind.
func TestMovedKeysAreErased(t *testing.T) {
	a, b := newSessions(t)
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	const ofRatchet = 7 + 1 // and the header key of the chain with skipped keys
	before := e2ee.SecretsOf(b)[ofRatchet:]
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	if after := e2ee.SecretsOf(b)[ofRatchet:]; len(before) != 1 || len(after) != 2 {
		t.Fatalf("%d keys were skipped, then %d", len(before), len(after))
	}
	if !bytes.Equal(before[0], zeroKey) {
		t.Error("a skipped key is still where it was before there were more")
	}
}

// With the last skipped key of a chain that has ended goes its header key.
func TestHeaderKeysOfEndedChainsAreErased(t *testing.T) {
	a, b := newSessions(t)
	skipped := seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	wantOpens(t, a, seal(t, b, nil), nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	h := holding(b)
	wantOpens(t, b, skipped, nil)
	h.wantErased(t, b, 2)
}

func TestKeysThatWereGivenUpAreErased(t *testing.T) {
	a, b := newSessions(t)
	for range 3 {
		seal(t, a, nil)
	}
	wantOpens(t, b, seal(t, a, nil), nil)
	h := holding(b)
	if _, err := b.Open(make([]byte, e2ee.CellSize), now.Add(2*e2ee.MaxSkippedAge)); !errors.Is(err, e2ee.ErrDecrypt) {
		t.Fatal(err)
	}
	h.wantErased(t, b, 3)
}

// The keys that a failed attempt has computed are no part of the state, and
// those of the state are all there.
func TestFailureErasesNothing(t *testing.T) {
	a, b := newSessions(t)
	seal(t, a, nil)
	cell := seal(t, a, nil)
	cell[len(cell)-1] ^= 1
	h := holding(b)
	_, err := b.Open(cell, now)
	wantErr(t, err, e2ee.ErrDecrypt)
	h.wantErased(t, b, 0)
}

func TestCloseErasesEverything(t *testing.T) {
	a, b := newSessions(t)
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	seal(t, b, nil)
	for _, s := range []*e2ee.Session{a, b} {
		places := e2ee.SecretsOf(s)
		s.Close()
		for i, key := range places {
			if !bytes.Equal(key, zeroKey) {
				t.Errorf("key %d is still there", i)
			}
		}
		if e2ee.HasKeyPair(s) {
			t.Error("the ratchet keys are still there")
		}
	}
}

func TestSessionsEraseWhomTheySendAway(t *testing.T) {
	alice, bob := newSides(t)
	places := e2ee.SecretsOf(bob.Get(meet(t, alice, bob)))
	for range e2ee.MaxSessions {
		meet(t, alice, bob)
	}
	for i, key := range places {
		if !bytes.Equal(key, zeroKey) {
			t.Errorf("key %d is still there", i)
		}
	}
}

// A session that nobody has taken goes with its handshake.
func TestUntakenSessionIsErased(t *testing.T) {
	a, b := newPair(t)
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
	for _, h := range []*e2ee.Handshake{a, b} {
		s := e2ee.UntakenSession(h)
		places := e2ee.SecretsOf(s)
		h.Close()
		for i, key := range places {
			if !bytes.Equal(key, zeroKey) {
				t.Errorf("key %d is still there", i)
			}
		}
		_, err := s.Seal(nil)
		wantErr(t, err, e2ee.ErrState)
		wantDead(t, h)
	}
}

// A handshake keeps nothing, however it ends.
func TestHandshakeKeepsNothing(t *testing.T) {
	for name, end := range map[string]func(h *e2ee.Handshake){
		"given up": func(h *e2ee.Handshake) { h.Close() },
		"refused":  func(h *e2ee.Handshake) { _ = h.Read(make([]byte, 1)) },
		"misused":  func(h *e2ee.Handshake) { _ = h.Read(nil); _, _ = h.Write() },
	} {
		t.Run(name, func(t *testing.T) {
			for messages := range 4 {
				a, b := newPair(t)
				sender, receiver := a, b
				for range messages {
					carry(t, sender, receiver)
					sender, receiver = receiver, sender
				}
				for _, h := range []*e2ee.Handshake{a, b} {
					kem := e2ee.KEMSecretOf(h)
					end(h)
					if e2ee.HoldsKeys(h) || len(kem) > 0 && !bytes.Equal(kem, zeroKey) {
						t.Errorf("after message %d it holds keys", messages)
					}
				}
			}
		})
	}
	a, b := newPair(t)
	carry(t, a, b)
	carry(t, b, a)
	kem := e2ee.KEMSecretOf(b)
	if len(kem) == 0 || bytes.Equal(kem, zeroKey) {
		t.Fatal("the responder has no ML-KEM secret between its message and the last")
	}
	carry(t, a, b)
	if !bytes.Equal(kem, zeroKey) {
		t.Error("the ML-KEM secret outlives the handshake")
	}
	session(t, a)
	session(t, b)
	if e2ee.HoldsKeys(a) || e2ee.HoldsKeys(b) {
		t.Error("a finished handshake holds keys")
	}
}
