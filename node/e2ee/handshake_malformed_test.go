package e2ee_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/flynn/noise"
	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// upTo returns both sides of a handshake just before the given message, and who
// sends it.
func upTo(tb rapid.TB, message int) (sender, receiver *e2ee.Handshake) {
	tb.Helper()
	sender, receiver = newPair(tb)
	for range message - 1 {
		carry(tb, sender, receiver)
		sender, receiver = receiver, sender
	}
	return sender, receiver
}

func TestEveryFlippedByteIsRefused(t *testing.T) {
	for message, size := range []int{e2ee.Message1Size, e2ee.Message2Size, e2ee.Message3Size} {
		t.Run(fmt.Sprintf("message %d", message+1), func(t *testing.T) {
			for i := range size {
				sender, receiver := upTo(t, message+1)
				msg := write(t, sender)
				msg[i] ^= 1 << (i % 8)
				err := receiver.Read(msg)
				if err == nil && message == 0 {
					// Only the transcript covers the first message: the responder
					// may go on, the initiator then refuses the answer.
					answer := write(t, receiver)
					sender, receiver = receiver, sender
					err = receiver.Read(answer)
				}
				if err == nil {
					t.Fatalf("byte %d was changed and nobody noticed", i)
				}
				wantDead(t, receiver)
				if message == 0 {
					wantDead(t, sender)
				}
			}
		})
	}
}

func TestEveryOtherLengthIsRefused(t *testing.T) {
	for message, size := range []int{e2ee.Message1Size, e2ee.Message2Size, e2ee.Message3Size} {
		t.Run(fmt.Sprintf("message %d", message+1), func(t *testing.T) {
			for n := range size + 2 {
				if n == size {
					continue
				}
				sender, receiver := upTo(t, message+1)
				msg := append(write(t, sender), 0)
				wantErr(t, receiver.Read(msg[:n]), e2ee.ErrMalformed)
				wantDead(t, receiver)
			}
		})
	}
}

func TestOtherVersionsAreRefused(t *testing.T) {
	for _, version := range []byte{0, 2, 3, 128, 255} {
		a, b := newPair(t)
		msg := write(t, a)
		msg[32] = version
		wantErr(t, b.Read(msg), e2ee.ErrVersion)
		wantDead(t, b)

		// Another version will have other lengths, and is still named as such.
		_, b = newPair(t)
		wantErr(t, b.Read(append(msg, "and more"...)), e2ee.ErrVersion)
	}
}

// A peer that says version 1 and means another disagrees about the prologue.
func TestPrologueBindsVersion(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
	peer := newReference(t, bob, alice, false, referenceOptions{version: 2})
	peer.read(t, write(t, a))
	wantErr(t, a.Read(peer.write(t, peer.payload2(t, nil, 0))), e2ee.ErrDecrypt)
	wantDead(t, a)
}

func TestUnknownFeaturesAreIgnored(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")

	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
	peer := newReference(t, bob, alice, false, referenceOptions{})
	peer.read(t, write(t, a))
	payload := peer.payload2(t, nil, 0)
	copy(payload[1185:], "\xff\xff\xff\xff")
	if err := a.Read(peer.write(t, payload)); err != nil {
		t.Errorf("message 2 with unknown features: %v", err)
	}

	b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
	peer = newReference(t, alice, bob, true, referenceOptions{})
	payload = peer.payload1()
	copy(payload[1:], "\xff\xff\xff\xff")
	if err := b.Read(peer.write(t, payload)); err != nil {
		t.Errorf("message 1 with unknown features: %v", err)
	}
}

// smallOrder lists the X25519 public keys, in every encoding below 2^255, that
// give zero with every private key.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func TestSmallOrderPointsAreRefused(t *testing.T) {
	for _, s := range smallOrder {
		point := must[[]byte](t)(hex.DecodeString(s))
		for _, top := range []byte{0, 0x80} { // a bit that X25519 ignores
			point[31] = point[31]&0x7f | top
			t.Run(hex.EncodeToString(point), func(t *testing.T) { testSmallOrder(t, point) })
		}
	}
}

func testSmallOrder(t *testing.T, point []byte) {
	t.Helper()
	for message := 1; message <= 2; message++ {
		sender, receiver := upTo(t, message)
		msg := write(t, sender)
		copy(msg, point)
		wantErr(t, receiver.Read(msg), e2ee.ErrMalformed)
		wantDead(t, receiver)
	}

	// As a static key it is encrypted, so only a peer who is in the handshake
	// can send it; Noise's own Diffie-Hellman then fails.
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	static := noise.DHKey{Private: bytes.Repeat([]byte{1}, 32), Public: point}
	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
	peer := newReference(t, bob, alice, false, referenceOptions{static: &static})
	peer.read(t, write(t, a))
	wantErr(t, a.Read(peer.write(t, peer.payload2(t, nil, 0))), e2ee.ErrDecrypt)
	wantDead(t, a)

	b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
	peer = newReference(t, alice, bob, true, referenceOptions{static: &static})
	if err := b.Read(peer.write(t, peer.payload1())); err != nil {
		t.Fatal(err)
	}
	peer.read(t, write(t, b))
	wantErr(t, b.Read(peer.write(t, peer.payload3(0))), e2ee.ErrDecrypt)
	wantDead(t, b)
}

// FIPS 203, section 7.2: each 12-bit coefficient must be below q = 3329.
func TestInvalidEncapsulationKeyIsRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, offset := range []int{0, 3, 384, 1149} { // of pairs of coefficients
		for _, pair := range [][3]byte{
			{0xff, 0xff, 0xff},
			{0x01, 0x0d, 0x00}, // q, 0
			{0x00, 0x10, 0xd0}, // 0, q
		} {
			b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
			peer := newReference(t, alice, bob, true, referenceOptions{})
			payload := peer.payload1()
			copy(payload[5+offset:], pair[:])
			wantErr(t, b.Read(peer.write(t, payload)), e2ee.ErrMalformed)
			wantDead(t, b)
		}
	}
}

func TestOtherHintsAreRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, hint := range []byte{2, 3, 0x80, 0xff} {
		a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
		peer := newReference(t, bob, alice, false, referenceOptions{})
		peer.read(t, write(t, a))
		wantErr(t, a.Read(peer.write(t, peer.payload2(t, nil, hint))), e2ee.ErrMalformed)
		wantDead(t, a)

		b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
		peer = newReference(t, alice, bob, true, referenceOptions{})
		if err := b.Read(peer.write(t, peer.payload1())); err != nil {
			t.Fatal(err)
		}
		peer.read(t, write(t, b))
		wantErr(t, b.Read(peer.write(t, peer.payload3(hint))), e2ee.ErrMalformed)
		wantDead(t, b)
	}
}
