package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"io"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// The implementation, made to do what the reference does.

// encapsulateFrom returns an encapsulation that takes its randomness, 32 bytes
// each time, from a reader that never fails.
func encapsulateFrom(r io.Reader) func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
	return func(ek *mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
		m := make([]byte, 32)
		if _, err := io.ReadFull(r, m); err != nil {
			panic(err)
		}
		shared, ciphertext, err := mlkemtest.Encapsulate768(ek, m)
		if err != nil {
			panic(err)
		}
		return shared, ciphertext
	}
}

// chance is all random bytes that a session takes: a test loads them.
type chance struct {
	bytes, encapsulation io.Reader
}

// newChance returns two streams that follow from a name.
func newChance(name string) chance {
	return chance{reference.NewRandom(name), reference.NewRandom(name + " encapsulation")}
}

// put makes a session take these.
func (c chance) put(s *e2ee.Session) { e2ee.SetRandom(s, c.bytes, encapsulateFrom(c.encapsulation)) }

// realConfig is the implementation's configuration for a side of the reference.
// Both draw the same random bytes; those that follow the handshake come from
// there.
func realConfig(tb rapid.TB, c reference.Config, after chance) e2ee.HandshakeConfig {
	tb.Helper()
	drawn := bytes.Join([][]byte{c.KEMSeed, c.RatchetX, c.RatchetSeed, c.Ephemeral}, nil)
	cfg := e2ee.HandshakeConfig{
		Identity:    must[*e2ee.Identity](tb)(e2ee.NewIdentity(ed25519.NewKeyFromSeed(c.Identity.Seed))),
		LocalID:     c.LocalID,
		RemoteID:    c.RemoteID,
		RemoteKey:   c.RemoteKey,
		KnowsRemote: c.Hint,
		Features:    c.Features,
		Generation:  c.Generation,
		Rand:        io.MultiReader(bytes.NewReader(drawn), after.bytes),
	}
	if c.Highest != 0 {
		cfg = e2ee.WithHighest(cfg, c.Highest)
	}
	return e2ee.WithEncapsulation(cfg,
		encapsulateFrom(io.MultiReader(bytes.NewReader(c.Encapsulation), after.encapsulation)))
}

// newReal returns the implementation's side of a handshake.
func newReal(tb rapid.TB, c reference.Config, after chance) *e2ee.Handshake {
	tb.Helper()
	start := e2ee.NewResponder
	if c.Initiator {
		start = e2ee.NewInitiator
	}
	return must[*e2ee.Handshake](tb)(start(realConfig(tb, c, after)))
}

// loadState returns the implementation's session in a state of the reference.
func loadState(tb rapid.TB, state []byte) *e2ee.Session {
	tb.Helper()
	key := must[*e2ee.StateKey](tb)(e2ee.NewStateKey(savedKey))
	saved := reference.SaveState(nil, reference.RawState(state), savedKey, nil, make([]byte, 24), reference.StateVersion)
	return must[*e2ee.Session](tb)(e2ee.LoadSession(key, nil, saved))
}

// inReference returns the state that the implementation's session is in.
func inReference(tb rapid.TB, s *e2ee.Session) *reference.Session {
	tb.Helper()
	state := reference.RawState(e2ee.StateOf(s))
	saved := reference.SaveState(nil, state, savedKey, nil, make([]byte, 24), reference.StateVersion)
	return must[*reference.Session](tb)(reference.Load(nil, saved, savedKey, nil))
}
