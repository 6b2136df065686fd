package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// The fuzzers of the handshake have two ways in. With keyed false the data is
// what arrives, and authentication must refuse all but the genuine bytes. With
// keyed true it is the payload that a peer with the right keys encrypts, so that
// the fuzzer gets at the decoder behind the authentication.

// refusals are the only errors that a peer's bytes may cause.
var refusals = []error{
	e2ee.ErrVersion, e2ee.ErrDowngrade, e2ee.ErrMalformed, e2ee.ErrDecrypt, e2ee.ErrIdentity, e2ee.ErrCertificate,
	e2ee.ErrRepeated, e2ee.ErrGap,
}

func wantRefusal(t *testing.T, err error) {
	t.Helper()
	for _, known := range refusals {
		if errors.Is(err, known) {
			return
		}
	}
	t.Errorf("refused with %v", err)
}

// maxNoise is more than any payload of ours, and less than Noise takes.
const maxNoise = 60_000

func FuzzHandshakeResponder(f *testing.F) {
	alice, bob := newPerson(f, "alice"), newPerson(f, "bob")
	f.Add(alice.newPeer(bob, true).Payload(), true)
	f.Add(alice.newPeer(bob, true).Write(), false)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		if keyed {
			data = alice.newPeer(bob, true).WritePayload(data)
		}
		b := must[*e2ee.Handshake](t)(e2ee.NewResponder(repeatable(bob.expecting(alice))))
		if err := b.Read(data); err != nil {
			wantRefusal(t, err)
			wantDead(t, b)
			return
		}
		if len(data) != e2ee.Message1Size || data[32] != e2ee.Version || data[33] < e2ee.Version {
			t.Errorf("accepted %d bytes", len(data))
		}
		if n := len(write(t, b)); n != e2ee.Message2Size {
			t.Errorf("answered with %d bytes", n)
		}
		_, err := b.Session()
		wantErr(t, err, e2ee.ErrState)
	})
}

func FuzzHandshakeInitiator(f *testing.F) {
	fuzzWithPeer(f, beforeMessage2,
		func(data, genuine []byte) bool {
			// The same certificate, and a hint.
			return len(data) == len(genuine) && bytes.Equal(data[1088:1184], genuine[1088:1184]) && data[1184] <= 1
		},
		func(t *testing.T, a *e2ee.Handshake) {
			t.Helper()
			if n := len(write(t, a)); n != e2ee.Message3Size {
				t.Errorf("answered with %d bytes", n)
			}
			session(t, a)
		})
}

func FuzzHandshakeFinal(f *testing.F) {
	fuzzWithPeer(f, beforeMessage3,
		func(data, genuine []byte) bool {
			return len(data) == 105 && bytes.Equal(data[:96], genuine[:96]) && data[96] <= 1
		},
		func(t *testing.T, b *e2ee.Handshake) {
			t.Helper()
			session(t, b)
		})
}

// fuzzWithPeer fuzzes what a peer sends at the point that before leads to. Of
// what is encrypted with the right keys, mayAccept says whether the payload data
// may be taken where the peer itself writes genuine. accepted goes on from there.
func fuzzWithPeer(
	f *testing.F,
	before func(rapid.TB, ...func(*reference.Config)) (*e2ee.Handshake, *reference.Handshake),
	mayAccept func(data, genuine []byte) bool,
	accepted func(*testing.T, *e2ee.Handshake),
) {
	f.Helper()
	// With all random bytes fixed there is one genuine message, the same in every
	// process that the fuzzer starts.
	_, peer := before(f)
	payload := peer.Payload()
	genuine := peer.WritePayload(payload)
	f.Add(payload, true)
	f.Add(genuine, false)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		if len(data) > maxNoise {
			return
		}
		h, peer := before(t)
		msg := data
		if keyed {
			msg = peer.WritePayload(data)
		}
		if err := h.Read(msg); err != nil {
			wantRefusal(t, err)
			wantDead(t, h)
			return
		}
		if !keyed && !bytes.Equal(msg, genuine) {
			t.Error("accepted a message that the peer did not write")
		}
		if keyed && !mayAccept(data, payload) {
			t.Error("accepted a payload that the peer may not write")
		}
		accepted(t, h)
	})
}
