package e2ee_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// longSteps is how many actions the long history has.
const longSteps = 10_000

var modelSeed = flag.Uint64("model.seed", 0, "seed of the model's long history; 0 takes one at random")

// Whatever happens between two people and their machines, every cell opens
// exactly once to what was sent, under its own number, or is known to be
// missing or lost; what fails changes nothing; and in the end every letter has
// arrived once, and both agree on the session in use.
func TestModel(t *testing.T) {
	generator := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) action {
		return action{evenByte(t), evenByte(t), evenByte(t)}
	}), 20, 100)
	steps := 0
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t, rapid.Bool().Draw(t, "calm"))
		for _, a := range generator.Draw(t, "actions") {
			m.step(a)
			steps++
		}
		m.settle()
	})
	t.Logf("%d steps", steps)
}

// The same two people for years.
func TestModelLong(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-model.seed=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	m := newModel(t, false)
	for range longSteps {
		n := random.Uint32()
		m.step(action{byte(n), byte(n >> 8), byte(n >> 16)})
	}
	m.settle()
	t.Logf("%d letters, %d handshakes, %v", m.letters, m.met, m.seen)
	for _, what := range []string{
		"opened", "pending", "no session", "suspended", "evicted", "expired",
		e2ee.ErrDecrypt.Error(), e2ee.ErrRepeated.Error(), e2ee.ErrGap.Error(),
	} {
		if m.seen[what] == 0 {
			t.Errorf("in %d steps there was no case of: %s", longSteps, what)
		}
	}
}

// evenByte draws all values equally often, which rapid.Byte does not.
func evenByte(t *rapid.T) (b byte) {
	for range 8 {
		b <<= 1
		if rapid.Bool().Draw(t, "bit") {
			b |= 1
		}
	}
	return b
}
