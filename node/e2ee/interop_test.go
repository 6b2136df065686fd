package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// The two tests here run the implementation against the reference, once in each
// role, with cells of several sizes both ways.

func TestInteropAsInitiator(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
	peer := newReference(t, bob, alice, false, referenceOptions{})
	peer.read(t, write(t, a))
	if err := a.Read(peer.write(t, peer.payload2(t, nil, 1))); err != nil {
		t.Fatal(err)
	}
	peer.read(t, write(t, a))
	if !a.RemoteKnowsUs() {
		t.Error("the hint was lost")
	}
	s := session(t, a)
	fromInitiator, fromResponder := peer.chains(t)
	converse(t, peer, s, fromInitiator, fromResponder)
}

func TestInteropAsResponder(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
	peer := newReference(t, alice, bob, true, referenceOptions{})
	if err := b.Read(peer.write(t, peer.payload1())); err != nil {
		t.Fatal(err)
	}
	peer.read(t, write(t, b))
	if err := b.Read(peer.write(t, peer.payload3(1))); err != nil {
		t.Fatal(err)
	}
	if !b.RemoteKnowsUs() {
		t.Error("the hint was lost")
	}
	s := session(t, b)
	fromInitiator, fromResponder := peer.chains(t)
	converse(t, peer, s, fromResponder, fromInitiator)
}

// converse checks the session against the chain it sends on and the one it
// receives on.
func converse(t *testing.T, peer *reference, s *e2ee.Session, sends, receives *refChain) {
	t.Helper()
	if id := s.SessionID(); string(id[:]) != string(refExpand(t, peer.root(t), "onionwire-e2ee-1 session id")) {
		t.Error("session IDs differ")
	}
	for i, n := range []int{0, 1, oneCell, oneCell + 1, e2ee.MaxContent} {
		content := make([]byte, n)
		for j := range content {
			content[j] = byte(i + j)
		}
		cell := seal(t, s, content)
		if string(sends.open(t, cell)) != string(content) {
			t.Fatalf("the reference opened something other than the %d bytes sealed", n)
		}
		nonce := make([]byte, 24)
		nonce[0] = byte(i)
		wantOpens(t, s, receives.sealPlain(t, nonce, refPad(content, len(cell))), content)
	}
}
