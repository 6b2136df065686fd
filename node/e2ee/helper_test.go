package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// person is somebody with an identity, seen from all sides.
type person struct {
	key      ed25519.PrivateKey
	identity *e2ee.Identity
	peerID   []byte
}

// people are the persons made so far: nothing changes them.
var people sync.Map

func newPerson(tb rapid.TB, name string) person {
	tb.Helper()
	if p, ok := people.Load(name); ok {
		return p.(person)
	}
	seed := bytes.Repeat([]byte(name[:1]), ed25519.SeedSize)
	key := ed25519.NewKeyFromSeed(seed)
	identity, err := e2ee.NewIdentity(key)
	if err != nil {
		tb.Fatal(err)
	}
	p := person{key: key, identity: identity, peerID: []byte("peer id of " + name)}
	people.Store(name, p)
	return p
}

func (p person) public() ed25519.PublicKey { return ed25519.PublicKey(p.key[ed25519.SeedSize:]) }

// expecting returns p's configuration for a handshake with peer.
func (p person) expecting(peer person) e2ee.HandshakeConfig {
	return e2ee.HandshakeConfig{
		Identity:  p.identity,
		LocalID:   p.peerID,
		RemoteID:  peer.peerID,
		RemoteKey: peer.public(),
	}
}

// newPair returns both sides of a handshake between alice and bob.
func newPair(tb rapid.TB) (initiator, responder *e2ee.Handshake) {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	return start(tb, alice.expecting(bob), bob.expecting(alice))
}

func start(tb rapid.TB, first, second e2ee.HandshakeConfig) (initiator, responder *e2ee.Handshake) {
	tb.Helper()
	initiator, err := e2ee.NewInitiator(first)
	if err != nil {
		tb.Fatal(err)
	}
	responder, err = e2ee.NewResponder(second)
	if err != nil {
		tb.Fatal(err)
	}
	return initiator, responder
}

// carry takes one message across and returns it.
func carry(tb rapid.TB, from, to *e2ee.Handshake) []byte {
	tb.Helper()
	msg := write(tb, from)
	if err := to.Read(msg); err != nil {
		tb.Fatalf("Read: %v", err)
	}
	return msg
}

func write(tb rapid.TB, from *e2ee.Handshake) []byte {
	tb.Helper()
	msg, err := from.Write()
	if err != nil {
		tb.Fatalf("Write: %v", err)
	}
	return msg
}

func session(tb rapid.TB, h *e2ee.Handshake) *e2ee.Session {
	tb.Helper()
	s, err := h.Session()
	if err != nil {
		tb.Fatalf("Session: %v", err)
	}
	return s
}

// newSessions runs a whole handshake.
func newSessions(tb rapid.TB) (initiator, responder *e2ee.Session) {
	tb.Helper()
	a, b := newPair(tb)
	carry(tb, a, b)
	carry(tb, b, a)
	carry(tb, a, b)
	return session(tb, a), session(tb, b)
}

// wantDead checks that a handshake refuses everything and gives no session.
func wantDead(tb rapid.TB, h *e2ee.Handshake) {
	tb.Helper()
	if _, err := h.Session(); !errors.Is(err, e2ee.ErrState) {
		tb.Errorf("Session on a dead handshake: %v, want ErrState", err)
	}
	if msg, err := h.Write(); !errors.Is(err, e2ee.ErrState) || msg != nil {
		tb.Errorf("Write on a dead handshake: %d bytes, %v, want ErrState", len(msg), err)
	}
	if err := h.Read(make([]byte, e2ee.Message2Size)); !errors.Is(err, e2ee.ErrState) {
		tb.Errorf("Read on a dead handshake: %v, want ErrState", err)
	}
	if h.RemoteKnowsUs() {
		tb.Error("a dead handshake reports a hint")
	}
}

func wantErr(tb rapid.TB, err, want error) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Errorf("got error %v, want %v", err, want)
	}
}

func seal(tb rapid.TB, s *e2ee.Session, content []byte) []byte {
	tb.Helper()
	cell, err := s.Seal(content)
	if err != nil {
		tb.Fatalf("Seal: %v", err)
	}
	return cell
}

func wantOpens(tb rapid.TB, s *e2ee.Session, cell, content []byte) {
	tb.Helper()
	opened, err := s.Open(cell, now)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	if !bytes.Equal(opened.Content, content) {
		tb.Fatalf("Open gave %d bytes that differ from the %d sealed", len(opened.Content), len(content))
	}
}

// now is when everything happens, in tests in which time has no part.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func must[T any](tb rapid.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// wantUnchanged checks that a session is still in the state it had.
func wantUnchanged(tb rapid.TB, s *e2ee.Session, before []byte) {
	tb.Helper()
	if !bytes.Equal(before, e2ee.StateOf(s)) {
		tb.Error("the state has changed")
	}
}
