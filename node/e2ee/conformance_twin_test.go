package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"errors"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// classes are the errors of both implementations.
var classes = map[reference.Error]error{
	reference.ErrMalformed:   e2ee.ErrMalformed,
	reference.ErrVersion:     e2ee.ErrVersion,
	reference.ErrDowngrade:   e2ee.ErrDowngrade,
	reference.ErrDecrypt:     e2ee.ErrDecrypt,
	reference.ErrIdentity:    e2ee.ErrIdentity,
	reference.ErrCertificate: e2ee.ErrCertificate,
	reference.ErrGap:         e2ee.ErrGap,
	reference.ErrRepeated:    e2ee.ErrRepeated,
	reference.ErrTooLarge:    e2ee.ErrTooLarge,
	reference.ErrExhausted:   e2ee.ErrExhausted,
	reference.ErrNewer:       e2ee.ErrNewer,
	reference.ErrSaved:       e2ee.ErrSaved,
}

// wantClass checks that the implementation fails as the reference does, or as
// little.
func wantClass(tb rapid.TB, err, reference error) {
	tb.Helper()
	if err == nil && reference == nil {
		return
	}
	if class := classOf(tb, reference); class == nil || !errors.Is(err, class) {
		tb.Fatalf("got error %v where the reference has %v", err, reference)
	}
}

func classOf(tb rapid.TB, err error) error {
	tb.Helper()
	if err == nil {
		return nil
	}
	var class reference.Error
	if !errors.As(err, &class) {
		tb.Fatalf("not a class of errors: %v", err)
	}
	return classes[class]
}

// encapsulateFrom returns an encapsulation that takes its randomness from a
// stream.
func encapsulateFrom(r *reference.Random) func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
	return func(ek *mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
		shared, ciphertext, err := mlkemtest.Encapsulate768(ek, r.Bytes(32))
		if err != nil {
			panic(err)
		}
		return shared, ciphertext
	}
}

// realConfig is the implementation's configuration for a side of the reference.
// Both draw the same random bytes; those that follow the handshake come from
// the second stream.
func realConfig(tb rapid.TB, c reference.Config, after *reference.Random) e2ee.HandshakeConfig {
	tb.Helper()
	drawn := [][]byte{c.KEMSeed, c.Ephemeral}
	if !c.Initiator {
		drawn = [][]byte{c.RatchetX, c.RatchetSeed, c.Ephemeral}
	}
	cfg := e2ee.HandshakeConfig{
		Identity:    must[*e2ee.Identity](tb)(e2ee.NewIdentity(ed25519.NewKeyFromSeed(c.Identity.Seed))),
		LocalID:     c.LocalID,
		RemoteID:    c.RemoteID,
		RemoteKey:   c.RemoteKey,
		KnowsRemote: c.Hint,
		Features:    c.Features,
		Generation:  c.Generation,
		Rand:        &prefixed{bytes.Join(drawn, nil), after},
	}
	if !c.Initiator {
		cfg = e2ee.WithEncapsulation(cfg, func(ek *mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
			shared, ciphertext, err := mlkemtest.Encapsulate768(ek, c.Encapsulation)
			if err != nil {
				panic(err)
			}
			return shared, ciphertext
		})
	}
	if c.Highest != 0 {
		cfg = e2ee.WithHighest(cfg, c.Highest)
	}
	return cfg
}

// prefixed reads some bytes and then a stream.
type prefixed struct {
	first []byte
	then  *reference.Random
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.first) == 0 {
		return p.then.Read(b)
	}
	n := copy(b, p.first)
	p.first = p.first[n:]
	return n, nil
}

func newReal(tb rapid.TB, c reference.Config, after *reference.Random) *e2ee.Handshake {
	tb.Helper()
	if c.Initiator {
		return must[*e2ee.Handshake](tb)(e2ee.NewInitiator(realConfig(tb, c, after)))
	}
	return must[*e2ee.Handshake](tb)(e2ee.NewResponder(realConfig(tb, c, after)))
}

// twin is one side of a session in both implementations, with the same random
// bytes, so that whatever one does the other does to the byte.
type twin struct {
	real *e2ee.Session
	ref  *reference.Session

	random, encaps         *reference.Random // of ref
	realRandom, realEncaps *reference.Random
}

// twinHandshake runs a handshake in both implementations and compares the
// messages.
func twinHandshake(tb rapid.TB, initiator, responder reference.Config, name string) (a, b *twin) {
	tb.Helper()
	refA, refB, err := reference.Establish(initiator, responder)
	if err != nil {
		tb.Fatal(err)
	}
	a, b = newTwin(name+" a"), newTwin(name+" b")
	realA, realB := newReal(tb, initiator, a.realRandom), newReal(tb, responder, b.realRandom)
	for i, h := range []*e2ee.Handshake{realA, realB, realA} {
		other := realB
		if h == realB {
			other = realA
		}
		if !bytes.Equal(carry(tb, h, other), refA.Messages[i]) {
			tb.Fatalf("message %d differs", i+1)
		}
	}
	if realA.RemoteKnowsUs() != refA.RemoteKnowsUs || realB.RemoteKnowsUs() != refB.RemoteKnowsUs {
		tb.Error("the hints differ")
	}
	a.take(session(tb, realA), refA.Session())
	b.take(session(tb, realB), refB.Session())
	return a, b
}

func newTwin(name string) *twin {
	return &twin{
		random: reference.NewRandom(name), encaps: reference.NewRandom(name + " encapsulation"),
		realRandom: reference.NewRandom(name), realEncaps: reference.NewRandom(name + " encapsulation"),
	}
}

func (w *twin) take(s *e2ee.Session, ref *reference.Session) {
	w.real, w.ref = s, ref
	e2ee.SetRandom(s, w.realRandom, encapsulateFrom(w.realEncaps))
}

func newTwins(tb rapid.TB, name string) (a, b *twin) {
	tb.Helper()
	initiator, responder := reference.NewRandom(name).Configs(nil)
	return twinHandshake(tb, initiator, responder, name)
}

func (w *twin) seal(tb rapid.TB, content []byte) []byte {
	tb.Helper()
	cell := seal(tb, w.real, content)
	same, _, err := w.ref.Seal(content, w.random.Draw(w.ref, w.encaps))
	if err != nil {
		tb.Fatalf("the reference does not seal: %v", err)
	}
	if !bytes.Equal(cell, same) {
		tb.Fatal("the cells differ")
	}
	return cell
}

// open gives the cell to both, which must agree, and returns the error of the
// reference.
func (w *twin) open(tb rapid.TB, cell []byte, at time.Time) ([]byte, error) {
	tb.Helper()
	opened, err := w.real.Open(bytes.Clone(cell), at)
	same, refErr := w.ref.Open(cell, uint64(max(at.Unix(), 0)))
	wantClass(tb, err, refErr)
	if !bytes.Equal(opened.Content, same.Content) || opened.Number != same.Number && err == nil {
		tb.Fatalf("cell %d opens to cell %d, or another content", same.Number, opened.Number)
	}
	return same.Content, refErr
}

var (
	savedKey     = bytes.Repeat([]byte{0x5a}, 32)
	savedContext = []byte("sessions, row 1")
)

// same checks that both states are the same to the byte.
func (w *twin) same(tb rapid.TB) {
	tb.Helper()
	w.exchange(tb)
}

// exchange saves both, compares, and returns the states of each loaded by the
// other implementation.
func (w *twin) exchange(tb rapid.TB) (*e2ee.Session, *reference.Session) {
	tb.Helper()
	key := must[*e2ee.StateKey](tb)(e2ee.NewStateKey(savedKey))
	saved := must[[]byte](tb)(w.real.Save(key, savedContext))
	same := w.ref.Save(savedKey, savedContext, w.random.Bytes(24), reference.StateVersion)
	if !bytes.Equal(saved, same) {
		tb.Fatal("the saved sessions differ")
	}
	ref := must[*reference.Session](tb)(reference.Load(nil, saved, savedKey, savedContext))
	return must[*e2ee.Session](tb)(e2ee.LoadSession(key, savedContext, same)), ref
}

// reload goes on with the states that the other implementation has saved.
func (w *twin) reload(tb rapid.TB) {
	tb.Helper()
	w.take(w.exchange(tb))
}

func TestClassesAreDifferent(t *testing.T) {
	for class, err := range classes {
		for other, otherErr := range classes {
			if (class == other) != errors.Is(err, otherErr) {
				t.Errorf("%q and %q cannot be told apart", class, other)
			}
		}
	}
}
