package e2ee_test

import (
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// savedStates are sessions in every shape, with and without skipped keys.
func savedStates(tb rapid.TB) []*reference.Session {
	tb.Helper()
	a, b := newTwins(tb, "saved")
	var states []*reference.Session
	keep := func() { states = append(states, a.ref.Clone(), b.ref.Clone()) }
	keep()
	b.seal(tb, nil)
	open := func(w *twin, cell []byte) {
		tb.Helper()
		if _, err := w.open(tb, cell, now); err != nil {
			tb.Fatal(err)
		}
		keep()
	}
	open(a, b.seal(tb, nil))
	a.seal(tb, nil)
	open(b, a.seal(tb, nil))
	for range 3 {
		a.seal(tb, nil)
	}
	open(a, b.seal(tb, nil))
	a.seal(tb, nil)
	open(b, a.seal(tb, nil))
	return states
}

// Both implementations load states of both versions, to the same effect.
func TestConformanceOfStateVersions(t *testing.T) {
	key := must[*e2ee.StateKey](t)(e2ee.NewStateKey(savedKey))
	nonce := make([]byte, 24)
	for _, s := range savedStates(t) {
		s.Lost = 12
		for version := byte(1); version <= reference.StateVersion; version++ {
			saved := s.Save(savedKey, savedContext, nonce, version)
			w := newTwin("versions")
			w.take(must[*e2ee.Session](t)(e2ee.LoadSession(key, savedContext, saved)),
				must[*reference.Session](t)(reference.Load(nil, saved, savedKey, savedContext)))
			if lost := w.real.Lost(); lost != w.ref.Lost || lost != 12*uint64(version-1) {
				t.Errorf("version %d: %d cells are lost", version, lost)
			}
			w.same(t)
			w.seal(t, []byte("goes on"))
			w.same(t)
		}
	}
}

// Whatever stands in a state that was saved under the right key, both
// implementations take it, or neither does.
func TestConformanceOfWrongStates(t *testing.T) {
	states := savedStates(t)
	key := must[*e2ee.StateKey](t)(e2ee.NewStateKey(savedKey))
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.ByteRange(0, 3).Draw(t, "version")
		s := states[rapid.IntRange(0, len(states)-1).Draw(t, "state")].State(version)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			// Most of what is judged stands at the beginning.
			at := rapid.IntRange(0, 1<<rapid.IntRange(0, 13).Draw(t, "within")).Draw(t, "at")
			change := rapid.ByteRange(0, 255)
			if rapid.Bool().Draw(t, "a bit") {
				change = rapid.Map(rapid.IntRange(0, 7), func(n int) byte { return 1 << n })
			}
			s[min(at, len(s)-1)] ^= change.Draw(t, "change")
		}
		switch rapid.IntRange(0, 9).Draw(t, "length") {
		case 0:
			s = s[:rapid.IntRange(0, len(s)-1).Draw(t, "kept")]
		case 1:
			s = append(slices.Clone(s), 0)
		}
		saved := reference.SaveState(nil, reference.RawState(s), savedKey, savedContext, make([]byte, 24), version)
		if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
			saved = saved[:rapid.IntRange(0, min(len(saved), 100)).Draw(t, "left")]
		}
		real, err := e2ee.LoadSession(key, savedContext, saved)
		ref, refErr := reference.Load(nil, saved, savedKey, savedContext)
		wantClass(t, err, refErr)
		if err == nil {
			w := newTwin("wrong states")
			w.take(real, ref)
			w.same(t)
		}
	})
}

// The bounds on skipped keys hold for a state that is loaded, too.
func TestConformanceOfBoundsInStates(t *testing.T) {
	key := must[*e2ee.StateKey](t)(e2ee.NewStateKey(savedKey))
	for _, c := range []struct {
		chains, keys int
		loads        bool
	}{
		{1, 0, false},
		{1, e2ee.MaxSkippedInChain, true},
		{1, e2ee.MaxSkippedInChain + 1, false},
		{2, e2ee.MaxSkippedInChain, true},
		{3, e2ee.MaxSkipped/3 + 1, false},
		{e2ee.MaxSkippedChains, e2ee.MaxSkipped / e2ee.MaxSkippedChains, true},
		{e2ee.MaxSkippedChains + 1, 1, false},
	} {
		s := savedStates(t)[1]
		for i := range c.chains {
			chain := reference.SkippedChain{HK: slices.Repeat([]byte{byte(i)}, 32)}
			for n := range c.keys {
				chain.Keys = append(chain.Keys, reference.SkippedKey{N: uint64(n), Key: make([]byte, 32)})
			}
			s.Skipped = append(s.Skipped, chain)
		}
		saved := s.Save(savedKey, savedContext, make([]byte, 24), reference.StateVersion)
		_, err := e2ee.LoadSession(key, savedContext, saved)
		_, refErr := reference.Load(nil, saved, savedKey, savedContext)
		wantClass(t, err, refErr)
		if (err == nil) != c.loads {
			t.Errorf("%d chains of %d keys: %v", c.chains, c.keys, err)
		}
	}
}
