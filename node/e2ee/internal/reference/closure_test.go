package reference_test

import (
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// traced is a conversation of some turns: its contents, and the secrets of both
// sides' states before each turn.
type traced struct {
	trace    *reference.Trace
	contents [][]byte
	states   [][2][][]byte
}

func converse(t *testing.T, turns int) traced {
	t.Helper()
	c := traced{trace: &reference.Trace{}}
	p := newPair(t, c.trace)
	for i := range turns {
		from, to := p.a, p.b
		if i%2 == 1 {
			from, to = to, from
		}
		c.states = append(c.states, [2][][]byte{p.a.Secrets(), p.b.Secrets()})
		content := fmt.Sprintf("the content of turn number %d", i)
		p.opens(to, p.seal(from, content), 0, content)
		c.contents = append(c.contents, []byte(content))
	}
	return c
}

// known returns which contents are in the set, as a string of digits.
func (c traced) known(s reference.Set) string {
	var found string
	for _, content := range c.contents {
		if s.Has(content) {
			found += "1"
		} else {
			found += "0"
		}
	}
	return found
}

func TestClosure(t *testing.T) {
	c := converse(t, 8)
	if got := c.known(c.trace.Closure(nil)); got != "00000000" {
		t.Errorf("who knows nothing reads %s", got)
	}
	if got := c.known(c.trace.Closure(reference.NewSet(c.trace.X25519Secrets()...))); got != "00000000" {
		t.Errorf("without ML-KEM keys one reads %s", got)
	}
	if got := c.known(c.trace.Closure(reference.NewSet(c.trace.KEMSecrets()...))); got != "00000000" {
		t.Errorf("without X25519 keys one reads %s", got)
	}
	both := append(c.trace.X25519Secrets(), c.trace.KEMSecrets()...)
	if got := c.known(c.trace.Closure(reference.NewSet(both...))); got != "11111111" {
		t.Errorf("with all keys one reads %s", got)
	}
}

// Who copies a state without an own pair reads nothing at all, since the next
// step is made with keys that are not there yet; with one, the answer to it, and
// nothing of what that leads to.
func TestClosureFromStolenState(t *testing.T) {
	c := converse(t, 8)
	for name, want := range map[string]struct {
		side int
		at   int
		read string
	}{
		"initiator before its turn": {0, 4, "00000000"},
		"initiator after its turn":  {0, 5, "00000100"},
		"responder before its turn": {1, 5, "00000000"},
		"responder after its turn":  {1, 4, "00001000"},
	} {
		got := c.known(c.trace.Closure(reference.NewSet(c.states[want.at][want.side]...)))
		if got != want.read {
			t.Errorf("%s: %s, want %s", name, got, want.read)
		}
	}
}

func TestClosureOfBothSidesOfAnExchange(t *testing.T) {
	trace := &reference.Trace{}
	random := reference.NewRandom(t.Name())
	initiator, responder := random.Configs(trace)
	a, _, err := reference.Establish(initiator, responder)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		known [][]byte
		reads bool
	}{
		"both X25519 keys of the initiator": {[][]byte{initiator.Ephemeral, initiator.Identity.StaticPrivate}, true},
		"both X25519 keys of the responder": {[][]byte{responder.Ephemeral, responder.Identity.StaticPrivate}, true},
		"ephemeral keys":                    {[][]byte{initiator.Ephemeral, responder.Ephemeral}, true},
		"seeds only":                        {[][]byte{initiator.Identity.Seed, responder.Identity.Seed}, false},
	} {
		found := trace.Closure(reference.NewSet(c.known...))
		if found.Has(a.Keys.K1) != c.reads {
			t.Errorf("%s: keys of Noise found: %v", name, !c.reads)
		}
		if found.Has(a.Keys.Initial) {
			t.Errorf("%s: the initial secret was found without ML-KEM", name)
		}
		for kind, kem := range map[string][]byte{"seed": initiator.KEMSeed, "randomness": responder.Encapsulation} {
			found := trace.Closure(reference.NewSet(append(c.known, kem)...))
			if !found.Has(a.Keys.KEM) || found.Has(a.Keys.Root) != c.reads {
				t.Errorf("%s and the %s: wrong keys were found", name, kind)
			}
		}
	}
	seed := trace.Closure(reference.NewSet(initiator.Identity.Seed))
	if !seed.Has(initiator.Identity.StaticPrivate) || !seed.Has(initiator.Identity.Signature) {
		t.Error("a seed does not lead to the static key and the signature")
	}
	if seed.Has(a.Payloads[2]) {
		t.Error("payload 3 was found without its key")
	}
}
