package e2ee_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// Two sides that both speak version 3 would have used it, had nobody kept them
// from it.
func TestDowngradeIsNoticed(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, tt := range []struct {
		initiator, responder uint8
		downgrade            bool
	}{
		{2, 2, false},
		{3, 2, false},
		{2, 3, false},
		{255, 2, false},
		{3, 3, true},
		{4, 3, true},
		{3, 255, true},
	} {
		t.Run(fmt.Sprintf("%d and %d", tt.initiator, tt.responder), func(t *testing.T) {
			first := e2ee.WithHighest(alice.expecting(bob), tt.initiator)
			second := e2ee.WithHighest(bob.expecting(alice), tt.responder)
			a, b := start(t, first, second)
			msg := write(t, a)
			err := b.Read(msg)
			if tt.downgrade {
				wantErr(t, err, e2ee.ErrDowngrade)
				wantDead(t, b)

				// If that is taken away on the way, the answer tells the initiator,
				// whose transcript it would not fit in any case.
				a, peer := initiatorWithHighest(t, tt.initiator)
				payload := peer.Payload()
				payload[1185] = tt.responder
				wantErr(t, a.Read(peer.WritePayload(payload)), e2ee.ErrDowngrade)
				wantDead(t, a)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			carry(t, b, a)
			carry(t, a, b)
		})
	}
}

func initiatorWithHighest(t *testing.T, highest uint8) (*e2ee.Handshake, *reference.Handshake) {
	t.Helper()
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(e2ee.WithHighest(alice.expecting(bob), highest)))
	peer := bob.newPeer(alice, false)
	tell(t, a, peer)
	return a, peer
}

// A highest version below the one in use makes no sense.
func TestHighestVersionBelowOwnIsRefused(t *testing.T) {
	for _, highest := range []byte{0, 1} {
		alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
		b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
		peer := alice.newPeer(bob, true)
		payload := peer.Payload()
		payload[1] = highest
		wantErr(t, b.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
		wantDead(t, b)

		a, peer := beforeMessage2(t)
		payload = peer.Payload()
		payload[1185] = highest
		wantErr(t, a.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
		wantDead(t, a)
	}
}

func TestFeaturesAgreedAreThoseOfBoth(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, tt := range []struct{ initiator, responder, agreed uint32 }{
		{0, 0, 0},
		{0xffffffff, 0, 0},
		{0, 0xffffffff, 0},
		{0xffffffff, 0xffffffff, 0xffffffff}, // those that we do not know included
		{0x80000001, 0xc0000003, 0x80000001},
		{0b0110, 0b1010, 0b0010},
	} {
		first, second := alice.expecting(bob), bob.expecting(alice)
		first.Features, second.Features = tt.initiator, tt.responder
		a, b := start(t, first, second)
		carry(t, a, b)
		carry(t, b, a)
		carry(t, a, b)
		if fa, fb := session(t, a).Features(), session(t, b).Features(); fa != tt.agreed || fb != tt.agreed {
			t.Errorf("%#x and %#x agreed on %#x and %#x", tt.initiator, tt.responder, fa, fb)
		}
	}
}

// Features and highest version stand in the clear; whoever changes any bit of
// them ends the handshake.
func TestNobodyTakesFeaturesAway(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for bit := range 40 {
		first, second := alice.expecting(bob), bob.expecting(alice)
		first.Features, second.Features = 0xaaaaaaaa, 0xffffffff
		a, b := start(t, first, second)
		msg := write(t, a)
		msg[33+bit/8] ^= 1 << (bit % 8)
		if err := b.Read(msg); err != nil {
			wantErr(t, err, e2ee.ErrMalformed) // a highest version below 2
			continue
		}
		wantErr(t, a.Read(write(t, b)), e2ee.ErrDecrypt)
		wantDead(t, a)
	}
}

// The same bits of the answer are encrypted.
func TestFeaturesInTheAnswer(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	cfg.Features = 0x00ff00ff
	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
	peer := bob.newPeer(alice, false)
	tell(t, a, peer)
	payload := peer.Payload()
	binary.BigEndian.PutUint32(payload[1186:], 0xffff0000)
	told(t, a, peer.WritePayload(payload))
	write(t, a)
	if got := session(t, a).Features(); got != 0x00ff0000 {
		t.Errorf("agreed on %#x", got)
	}
}
