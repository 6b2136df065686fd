package e2ee_test

import (
	"crypto/sha256"
	"math/rand/v2"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// A peer is the other side as the reference implementation plays it: with the
// right keys, it can be made to say whatever a malicious contact could.

// newPeer returns the reference's side of a handshake between p, whom it plays,
// and other. All its random bytes are fixed; change may falsify the rest.
func (p person) newPeer(other person, initiator bool, change ...func(*reference.Config)) *reference.Handshake {
	c := reference.Config{
		Initiator:     initiator,
		Identity:      reference.NewIdentity(nil, p.key.Seed()),
		LocalID:       p.peerID,
		RemoteID:      other.peerID,
		RemoteKey:     other.public(),
		Ephemeral:     fixed("ephemeral", 32),
		KEMSeed:       fixed("kem", 64),
		Encapsulation: fixed("encapsulation", 32),
		RatchetX:      fixed("ratchet x", 32),
		RatchetSeed:   fixed("ratchet seed", 64),
	}
	for _, f := range change {
		f(&c)
	}
	return reference.NewHandshake(c)
}

// fixed returns n bytes that look random and follow from their name.
func fixed(name string, n int) []byte {
	var b []byte
	for len(b) < n {
		sum := sha256.Sum256(append([]byte(name), b...))
		b = append(b, sum[:]...)
	}
	return b[:n]
}

// draw returns fixed randomness for a cell of the reference.
func draw(name string) reference.Draw {
	return reference.Draw{
		X: fixed(name+" x", 32), Seed: fixed(name+" seed", 64), M: fixed(name+" m", 32), Nonce: fixed(name+" nonce", 24),
	}
}

// repeatable makes all random bytes of a handshake, and of its session, the same
// in every run, in each of a fuzzer's processes too.
func repeatable(c e2ee.HandshakeConfig) e2ee.HandshakeConfig {
	stream := rand.NewChaCha8([32]byte{})
	c.Rand = stream
	return e2ee.WithEncapsulation(c, encapsulateFrom(stream))
}

// told carries a message of the reference to us.
func told(tb rapid.TB, h *e2ee.Handshake, msg []byte) {
	tb.Helper()
	if err := h.Read(msg); err != nil {
		tb.Fatalf("Read: %v", err)
	}
}

// tell carries our next message to the reference.
func tell(tb rapid.TB, h *e2ee.Handshake, peer *reference.Handshake) {
	tb.Helper()
	if err := peer.Read(write(tb, h)); err != nil {
		tb.Fatalf("the reference refuses our message: %v", err)
	}
}

// beforeMessage2 returns an initiator that waits for the answer of the reference.
func beforeMessage2(tb rapid.TB, change ...func(*reference.Config)) (*e2ee.Handshake, *reference.Handshake) {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	a := must[*e2ee.Handshake](tb)(e2ee.NewInitiator(repeatable(alice.expecting(bob))))
	peer := bob.newPeer(alice, false, change...)
	tell(tb, a, peer)
	return a, peer
}

// beforeMessage3 returns a responder that waits for the reference's last message.
func beforeMessage3(tb rapid.TB, change ...func(*reference.Config)) (*e2ee.Handshake, *reference.Handshake) {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	b := must[*e2ee.Handshake](tb)(e2ee.NewResponder(repeatable(bob.expecting(alice))))
	peer := alice.newPeer(bob, true, change...)
	told(tb, b, peer.Write())
	tell(tb, b, peer)
	return b, peer
}

// initiatorWithPeer returns our session and the responder's.
func initiatorWithPeer(tb rapid.TB) (*e2ee.Session, *reference.Session) {
	tb.Helper()
	a, peer := beforeMessage2(tb)
	told(tb, a, peer.Write())
	tell(tb, a, peer)
	return session(tb, a), peer.Session()
}

// responderWithPeer returns our session and the initiator's.
func responderWithPeer(tb rapid.TB) (*e2ee.Session, *reference.Session) {
	tb.Helper()
	b, peer := beforeMessage3(tb)
	told(tb, b, peer.Write())
	return session(tb, b), peer.Session()
}

// from returns the peer's next cell.
func from(tb rapid.TB, peer *reference.Session, content string) []byte {
	tb.Helper()
	cell, _, err := peer.Seal([]byte(content), draw(content))
	if err != nil {
		tb.Fatalf("the reference cannot seal: %v", err)
	}
	return cell
}
