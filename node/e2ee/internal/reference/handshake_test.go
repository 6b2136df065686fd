package reference_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/flynn/noise"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

func TestBothSidesAgree(t *testing.T) {
	initiator, responder := reference.NewRandom(t.Name()).Configs(nil)
	initiator.Features, responder.Features = 0b0110, 0b0011
	initiator.Generation, responder.Generation = 3, 7
	responder.Hint = true
	a, b, err := reference.Establish(initiator, responder)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Keys.Initial, b.Keys.Initial) || !bytes.Equal(a.Keys.SessionID, b.Keys.SessionID) {
		t.Error("the sides have different keys")
	}
	for _, h := range []*reference.Handshake{a, b} {
		if h.AgreedFeatures() != 0b0010 || h.AgreedGeneration() != 7 {
			t.Errorf("agreed on features %b, generation %d", h.AgreedFeatures(), h.AgreedGeneration())
		}
	}
	if !a.RemoteKnowsUs || b.RemoteKnowsUs {
		t.Error("a hint arrived changed")
	}
}

// The Noise that is written out here must be the one that everybody knows.
func TestNoiseMatchesFlynn(t *testing.T) {
	initiator, responder := reference.NewRandom(t.Name()).Configs(nil)
	a, b, err := reference.Establish(initiator, responder)
	if err != nil {
		t.Fatal(err)
	}
	var states [2]*noise.HandshakeState
	for i, c := range []reference.Config{initiator, responder} {
		states[i], err = noise.NewHandshakeState(noise.Config{
			CipherSuite:   noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256),
			Random:        bytes.NewReader(c.Ephemeral),
			Pattern:       noise.HandshakeXX,
			Initiator:     i == 0,
			Prologue:      a.Prologue,
			StaticKeypair: noise.DHKey{Private: c.Identity.StaticPrivate, Public: c.Identity.StaticPublic},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, payload := range a.Payloads {
		m, k1, k2, err := states[i%2].WriteMessage(nil, payload)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(m, a.Messages[i]) || !bytes.Equal(m, b.Messages[i]) {
			t.Fatalf("message %d differs", i+1)
		}
		if _, _, _, err := states[1-i%2].ReadMessage(nil, m); err != nil {
			t.Fatal(err)
		}
		if k1 != nil {
			first, second := k1.UnsafeKey(), k2.UnsafeKey()
			if !bytes.Equal(first[:], a.Keys.K1) || !bytes.Equal(second[:], a.Keys.K2) {
				t.Error("the keys differ")
			}
		}
	}
	if !bytes.Equal(states[0].ChannelBinding(), a.Keys.Hash) {
		t.Error("the handshake hash differs")
	}
}

func TestRefusals(t *testing.T) {
	stranger := reference.NewIdentity(nil, bytes.Repeat([]byte{7}, 32))
	nonCanonical := append([]byte{0xed + 9}, bytes.Repeat([]byte{0xff}, 31)...) // 9 again
	nonCanonical[31] = 0x7f
	for name, c := range map[string]struct {
		falsify func(initiator, responder *reference.Config)
		want    error
	}{
		"nothing":                    {func(_, _ *reference.Config) {}, nil},
		"other prologue version":     {func(a, _ *reference.Config) { a.Version = 3 }, reference.ErrVersion},
		"highest below":              {func(a, _ *reference.Config) { a.Highest = 1 }, reference.ErrMalformed},
		"initiator knows better":     {func(a, _ *reference.Config) { a.Highest = 3 }, nil},
		"downgraded":                 {func(a, b *reference.Config) { a.Highest, b.Highest = 3, 4 }, reference.ErrDowngrade},
		"other peer ID":              {func(_, b *reference.Config) { b.LocalID = []byte("x") }, reference.ErrDecrypt},
		"responder is somebody else": {func(_, b *reference.Config) { b.Identity = stranger }, reference.ErrIdentity},
		"initiator is somebody else": {func(a, _ *reference.Config) { a.Identity = stranger }, reference.ErrIdentity},
		"reflected":                  {func(a, b *reference.Config) { b.Identity = a.Identity }, reference.ErrIdentity},
		"borrowed certificate": {func(_, b *reference.Config) {
			b.Identity.StaticPrivate, b.Identity.StaticPublic = stranger.StaticPrivate, stranger.StaticPublic
		}, reference.ErrCertificate},
		"non-canonical ephemeral key": {func(a, _ *reference.Config) { a.EphemeralPublic = nonCanonical }, reference.ErrMalformed},
		"generation too high":         {func(_, b *reference.Config) { b.Generation = reference.MaxGeneration + 1 }, reference.ErrMalformed},
		"generation at the bound":     {func(_, b *reference.Config) { b.Generation = reference.MaxGeneration }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			initiator, responder := reference.NewRandom("refusals").Configs(nil)
			c.falsify(&initiator, &responder)
			if _, _, err := reference.Establish(initiator, responder); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
