package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

func drawConfigs(t *rapid.T) (initiator, responder reference.Config) {
	initiator, responder = reference.NewRandom(rapid.String().Draw(t, "seed")).Configs(nil)
	id := rapid.SliceOfN(rapid.Byte(), 1, 100)
	initiator.LocalID = append(id.Draw(t, "initiator's ID"), 1)
	responder.LocalID = append(id.Draw(t, "responder's ID"), 2)
	initiator.RemoteID, responder.RemoteID = responder.LocalID, initiator.LocalID
	for _, c := range []*reference.Config{&initiator, &responder} {
		c.Features, c.Hint = rapid.Uint32().Draw(t, "features"), rapid.Bool().Draw(t, "hint")
		c.Generation = rapid.Uint64Range(0, e2ee.MaxGeneration).Draw(t, "generation")
	}
	return initiator, responder
}

// Both implementations make the same handshake of the same random bytes.
func TestConformanceOfHandshakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		initiator, responder := drawConfigs(t)
		a, b := twinHandshake(t, initiator, responder, "after")
		for _, w := range []*twin{a, b} {
			if w.real.Features() != w.ref.Features || w.real.Confirmed() != w.ref.Confirmed {
				t.Error("features, or whether the session is confirmed, differ")
			}
			w.same(t)
		}
	})
}

// Each implementation completes a handshake, and talks, with the other.
func TestConformanceAcross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		initiator, responder := drawConfigs(t)
		after, drawn := newChance("real"), reference.NewRandom("reference")

		real, ref := newReal(t, initiator, after), reference.NewHandshake(responder)
		readRef(t, ref, write(t, real))
		readReal(t, real, ref.Write())
		readRef(t, ref, write(t, real))
		talkAcross(t, session(t, real), ref.Session(), drawn)

		real, ref = newReal(t, responder, after), reference.NewHandshake(initiator)
		readReal(t, real, ref.Write())
		readRef(t, ref, write(t, real))
		readReal(t, real, ref.Write())
		talkAcross(t, session(t, real), ref.Session(), drawn)
	})
}

func readRef(tb rapid.TB, h *reference.Handshake, m []byte) {
	tb.Helper()
	if err := h.Read(m); err != nil {
		tb.Fatal(err)
	}
}

func readReal(tb rapid.TB, h *e2ee.Handshake, m []byte) {
	tb.Helper()
	if err := h.Read(m); err != nil {
		tb.Fatal(err)
	}
}

func talkAcross(tb rapid.TB, real *e2ee.Session, ref *reference.Session, drawn *reference.Random) {
	tb.Helper()
	toReal := func(content string) {
		tb.Helper()
		cell, _, err := ref.Seal([]byte(content), drawn.Draw(ref, drawn))
		if err != nil {
			tb.Fatal(err)
		}
		wantOpens(tb, real, cell, []byte(content))
	}
	toRef := func(content string) {
		tb.Helper()
		opened, err := ref.Open(seal(tb, real, []byte(content)), uint64(now.Unix()))
		if err != nil || string(opened.Content) != content {
			tb.Fatalf("the reference opens %q: %v", opened.Content, err)
		}
	}
	if ref.Initiator { // the responder may begin
		toRef("on the first chain")
	} else {
		toReal("on the first chain")
	}
	for range 2 {
		toReal("question")
		toReal("")
		toRef("answer")
		toRef("and another")
	}
}
