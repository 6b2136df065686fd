package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// Every fuzzer has two ways in. With keyed false the data is what arrives, and
// authentication must refuse all but the genuine bytes. With keyed true it is
// what a peer who holds the right keys encrypted, so that the fuzzer gets at the
// decoder behind the authentication.

// refusals are the only errors that a peer's bytes may cause.
var refusals = []error{
	e2ee.ErrVersion, e2ee.ErrMalformed, e2ee.ErrDecrypt, e2ee.ErrIdentity, e2ee.ErrCertificate,
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

func FuzzHandshakeResponder(f *testing.F) {
	alice, bob := newPerson(f, "alice"), newPerson(f, "bob")
	peer := newReference(f, alice, bob, true, referenceOptions{})
	f.Add(peer.payload1(), true)
	f.Add(peer.write(f, peer.payload1()), false)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		if keyed {
			if len(data) > 60000 {
				return // more than Noise takes
			}
			data = newReference(t, alice, bob, true, referenceOptions{}).write(t, data)
		}
		b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
		if err := b.Read(data); err != nil {
			wantRefusal(t, err)
			wantDead(t, b)
			return
		}
		if len(data) != e2ee.Message1Size || data[32] != e2ee.Version {
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
	alice, bob := newPerson(f, "alice"), newPerson(f, "bob")
	// With all random bytes fixed there is one genuine answer, the same in every
	// process that the fuzzer starts.
	begin := func(tb testing.TB) (*e2ee.Handshake, *reference) {
		tb.Helper()
		cfg := alice.expecting(bob)
		cfg.Rand = bytes.NewReader(counting(0, 64+32))
		a := must[*e2ee.Handshake](tb)(e2ee.NewInitiator(cfg))
		peer := newReference(tb, bob, alice, false, referenceOptions{ephemeral: counting(1, 32)})
		peer.read(tb, write(tb, a))
		return a, peer
	}
	_, peer := begin(f)
	payload := peer.payload2(f, counting(2, 32), 1)
	genuine := peer.write(f, payload)
	f.Add(payload, true)
	f.Add(genuine, false)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		a, peer := begin(t)
		msg := data
		if keyed {
			if len(data) > 60000 {
				return
			}
			msg = peer.write(t, data)
		}
		if err := a.Read(msg); err != nil {
			wantRefusal(t, err)
			wantDead(t, a)
			return
		}
		if !keyed && !bytes.Equal(msg, genuine) {
			t.Error("accepted a message that the responder did not write")
		}
		if keyed && !bytes.Equal(data[1088:1184], payload[1088:1184]) {
			t.Error("accepted another certificate")
		}
		if n := len(write(t, a)); n != e2ee.Message3Size {
			t.Errorf("answered with %d bytes", n)
		}
		session(t, a)
	})
}

func FuzzHandshakeFinal(f *testing.F) {
	alice, bob := newPerson(f, "alice"), newPerson(f, "bob")
	begin := func(tb testing.TB) (*e2ee.Handshake, *reference) {
		tb.Helper()
		b := must[*e2ee.Handshake](tb)(e2ee.NewResponder(bob.expecting(alice)))
		peer := newReference(tb, alice, bob, true, referenceOptions{})
		if err := b.Read(peer.write(tb, peer.payload1())); err != nil {
			tb.Fatal(err)
		}
		peer.read(tb, write(tb, b))
		return b, peer
	}
	_, peer := begin(f)
	payload := peer.payload3(1)
	f.Add(payload, true)
	f.Add(peer.write(f, payload), false)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		b, peer := begin(t)
		msg := data
		if keyed {
			if len(data) > 60000 {
				return
			}
			msg = peer.write(t, data)
		}
		err := b.Read(msg)
		if err == nil {
			// The responder's keys are new each time, so nothing recorded fits.
			if !keyed {
				t.Error("accepted a message that the initiator did not write")
			} else if len(data) != 97 || !bytes.Equal(data[:96], payload[:96]) || data[96] > 1 {
				t.Error("accepted another payload")
			}
			session(t, b)
			return
		}
		wantRefusal(t, err)
		wantDead(t, b)
	})
}

func FuzzOpen(f *testing.F) {
	s, chain := withReferencePeer(f)
	due := *chain
	genuine := due.sealPlain(f, make([]byte, 24), refPad([]byte("due"), e2ee.CellSize))
	f.Add(genuine, false)
	f.Add(refPad([]byte("due"), e2ee.CellSize), true)
	f.Add(withLength(1<<32-1), true)
	f.Add([]byte{}, false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, data []byte, keyed bool) {
		s := e2ee.CloneSession(s)
		cell := data
		if keyed {
			at := *chain
			cell = at.sealPlain(t, make([]byte, 24), data)
		}
		content, err := s.Open(cell)
		switch {
		case err != nil:
			wantRefusal(t, err)
			wantOpens(t, s, genuine, []byte("due"))
		case keyed && !bytes.Equal(refPad(content, len(cell)), data):
			t.Errorf("opened %d bytes that their plaintext does not hold", len(content))
		case !keyed && !bytes.Equal(cell, genuine):
			t.Error("opened a cell that the peer did not seal")
		}
	})
}
