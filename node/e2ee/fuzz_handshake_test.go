package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
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
	// With all random bytes fixed there is one genuine answer, the same in every
	// process that the fuzzer starts.
	_, peer := beforeMessage2(f)
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
		a, peer := beforeMessage2(t)
		msg := data
		if keyed {
			msg = peer.WritePayload(data)
		}
		if err := a.Read(msg); err != nil {
			wantRefusal(t, err)
			wantDead(t, a)
			return
		}
		if !keyed && !bytes.Equal(msg, genuine) {
			t.Error("accepted a message that the responder did not write")
		}
		if keyed && (!bytes.Equal(data[1088:1184], payload[1088:1184]) || data[1184] > 1 || len(data) != len(payload)) {
			t.Error("accepted another certificate, or no hint")
		}
		if n := len(write(t, a)); n != e2ee.Message3Size {
			t.Errorf("answered with %d bytes", n)
		}
		session(t, a)
	})
}

func FuzzHandshakeFinal(f *testing.F) {
	_, peer := beforeMessage3(f)
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
		b, peer := beforeMessage3(t)
		msg := data
		if keyed {
			msg = peer.WritePayload(data)
		}
		if err := b.Read(msg); err != nil {
			wantRefusal(t, err)
			wantDead(t, b)
			return
		}
		if !keyed && !bytes.Equal(msg, genuine) {
			t.Error("accepted a message that the initiator did not write")
		}
		if keyed && (len(data) != 105 || !bytes.Equal(data[:96], payload[:96]) || data[96] > 1) {
			t.Error("accepted another payload")
		}
		session(t, b)
	})
}
