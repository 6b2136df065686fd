package e2ee_test

import (
	"bytes"
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

// twin is one side of a session in both implementations, with the same random
// bytes, so that whatever one does the other does to the byte.
type twin struct {
	real *e2ee.Session
	ref  *reference.Session

	chance         chance            // of real
	random, encaps *reference.Random // the same, of ref
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
	realA, realB := newReal(tb, initiator, a.chance), newReal(tb, responder, b.chance)
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
		chance: newChance(name), random: reference.NewRandom(name), encaps: reference.NewRandom(name + " encapsulation"),
	}
}

func (w *twin) take(s *e2ee.Session, ref *reference.Session) {
	w.real, w.ref = s, ref
	w.chance.put(s)
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
	if refErr != nil {
		return nil, refErr
	}
	if opened.Number != same.Number || !bytes.Equal(opened.Content, same.Content) {
		tb.Fatalf("cell %d opens to cell %d, or another content", same.Number, opened.Number)
	}
	return same.Content, nil
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
