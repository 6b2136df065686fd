package e2ee_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
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

var messageSizes = []int{e2ee.Message1Size, e2ee.Message2Size, e2ee.Message3Size}

// Only the transcript covers the first message: the responder may go on, the
// initiator then refuses the answer.
func TestEveryFlippedByteOfMessage1IsRefused(t *testing.T) {
	t.Parallel()
	for i := range e2ee.Message1Size {
		a, b := newPair(t)
		msg := write(t, a)
		msg[i] ^= 1 << (i % 8)
		if err := b.Read(msg); err != nil {
			wantDead(t, b)
			continue
		}
		if err := a.Read(write(t, b)); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
		wantDead(t, a)
	}
}

func TestEveryFlippedByteOfMessage2IsRefused(t *testing.T) {
	t.Parallel()
	// With fixed random bytes the initiator, who is dead after each failure, can
	// be made anew for the same answer.
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	begin := func() *e2ee.Handshake {
		cfg.Rand = bytes.NewReader(fixed("initiator", 96))
		return must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
	}
	peer := bob.newPeer(alice, false)
	tell(t, begin(), peer)
	msg := peer.Write()
	for i := range msg {
		a := begin()
		write(t, a)
		msg[i] ^= 1 << (i % 8)
		if err := a.Read(msg); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
		wantDead(t, a)
		msg[i] ^= 1 << (i % 8)
	}
	a := begin()
	write(t, a)
	told(t, a, msg)
}

func TestEveryFlippedByteOfMessage3IsRefused(t *testing.T) {
	t.Parallel()
	for i := range e2ee.Message3Size {
		a, b := upTo(t, 3)
		msg := write(t, a)
		msg[i] ^= 1 << (i % 8)
		if err := b.Read(msg); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
		wantDead(t, b)
	}
}

// Every message is refused when anything is cut off, and when a byte follows.
func TestEveryOtherLengthIsRefused(t *testing.T) {
	for message, size := range messageSizes {
		t.Run(fmt.Sprintf("message %d", message+1), func(t *testing.T) {
			t.Parallel()
			sender, _ := upTo(t, message+1)
			msg := append(write(t, sender), 0)
			for n := range len(msg) + 1 {
				if n == size {
					continue
				}
				receiver := receiverOf(t, message+1)
				wantErr(t, receiver.Read(msg[:n]), e2ee.ErrMalformed)
				wantDead(t, receiver)
			}
		})
	}
}

// receiverOf returns a handshake that waits for a message, without making the
// other side of it where that is not needed.
func receiverOf(tb rapid.TB, message int) *e2ee.Handshake {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	switch message {
	case 1:
		return must[*e2ee.Handshake](tb)(e2ee.NewResponder(bob.expecting(alice)))
	case 2:
		h := must[*e2ee.Handshake](tb)(e2ee.NewInitiator(alice.expecting(bob)))
		write(tb, h)
		return h
	default:
		_, h := upTo(tb, message)
		return h
	}
}

func TestOtherVersionsAreRefused(t *testing.T) {
	for _, version := range []byte{0, 1, 3, 128, 255} {
		a, b := newPair(t)
		msg := write(t, a)
		msg[32] = version
		wantErr(t, b.Read(msg), e2ee.ErrVersion)
		wantDead(t, b)

		// Another version has other lengths, and is still named as such.
		for _, n := range []int{33, 1221, e2ee.Message1Size + 1, 5000} {
			_, b = newPair(t)
			wantErr(t, b.Read(append(msg[:33:33], make([]byte, n-33)...)), e2ee.ErrVersion)
		}
		_, b = newPair(t)
		wantErr(t, b.Read(msg[:32]), e2ee.ErrMalformed)
	}
}

// A peer that says version 2 and means another disagrees about the prologue.
func TestPrologueBindsVersion(t *testing.T) {
	a, peer := beforeMessage2(t, func(c *reference.Config) { c.Version, c.Lenient = 3, true })
	wantErr(t, a.Read(peer.Write()), e2ee.ErrDecrypt)
	wantDead(t, a)
}

func TestOtherHintsAreRefused(t *testing.T) {
	for _, hint := range []byte{2, 3, 0x80, 0xff} {
		a, peer := beforeMessage2(t)
		payload := peer.Payload()
		payload[1184] = hint
		wantErr(t, a.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
		wantDead(t, a)

		b, peer := beforeMessage3(t)
		payload = peer.Payload()
		payload[96] = hint
		wantErr(t, b.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
		wantDead(t, b)
	}
}

// A payload of another length is authentic, and still malformed.
func TestOtherPayloadLengthsAreRefused(t *testing.T) {
	for _, change := range []func([]byte) []byte{
		func([]byte) []byte { return nil },
		func(p []byte) []byte { return p[1:] },
		func(p []byte) []byte { return append(p, 0) },
	} {
		a, peer := beforeMessage2(t)
		wantErr(t, a.Read(peer.WritePayload(change(peer.Payload()))), e2ee.ErrMalformed)
		wantDead(t, a)
		b, peer := beforeMessage3(t)
		wantErr(t, b.Read(peer.WritePayload(change(peer.Payload()))), e2ee.ErrMalformed)
		wantDead(t, b)
	}
}

func TestGenerationIsBounded(t *testing.T) {
	const highest = e2ee.MaxGeneration
	for _, tt := range []struct {
		own, theirs, agreed uint64 // agreed 0: refused
	}{
		{1, 0, 0},
		{1, 1, 1},
		{1, 2, 2},
		{7, 3, 7},
		{0, 1, 1}, // 0 counts as 1
		{1, highest - 1, highest - 1},
		{1, highest, highest},
		{1, highest + 1, 0},
		{1, 1<<64 - 1, 0},
		{highest, highest, highest},
		{highest, 1, highest},
		{highest, highest + 1, 0},
	} {
		t.Run(fmt.Sprintf("%d and %d", tt.own, tt.theirs), func(t *testing.T) {
			alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
			check := func(h *e2ee.Handshake, err error, finish func()) {
				t.Helper()
				if tt.agreed == 0 {
					wantErr(t, err, e2ee.ErrMalformed)
					wantDead(t, h)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				finish()
				s := side{}
				s.join(t, session(t, h), now)
				if got, want := s.Generation(), min(tt.agreed+1, highest); got != want {
					t.Errorf("the next generation is %d, want %d", got, want)
				}
			}
			cfg := alice.expecting(bob)
			cfg.Generation = tt.own
			a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
			peer := bob.newPeer(alice, false)
			tell(t, a, peer)
			payload := peer.Payload()
			putUint64(payload[1190:], tt.theirs)
			check(a, a.Read(peer.WritePayload(payload)), func() { write(t, a) })

			cfg = bob.expecting(alice)
			cfg.Generation = tt.own
			b := must[*e2ee.Handshake](t)(e2ee.NewResponder(cfg))
			peer = alice.newPeer(bob, true, func(c *reference.Config) { c.Lenient = true })
			told(t, b, peer.Write())
			tell(t, b, peer)
			payload = peer.Payload()
			putUint64(payload[97:], tt.theirs)
			check(b, b.Read(peer.WritePayload(payload)), func() {})
		})
	}
}
