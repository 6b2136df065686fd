package e2ee_test

import (
	"testing"

	"pgregory.net/rapid"
)

// minSteps is how many actions a run of the property test takes at least.
const minSteps = 10_000

// Whatever happens between two people and their machines, every cell opens
// exactly once to what was sent, under its own number, or is known to be
// missing or lost; what fails changes nothing; and in the end both agree.
func TestModel(t *testing.T) {
	generator := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) action {
		return action{evenByte(t), evenByte(t), evenByte(t)}
	}), 105, 160)
	steps, finished := 0, 0
	for finished < minSteps && !t.Failed() {
		rapid.Check(t, func(t *rapid.T) {
			m := newModel(t, rapid.Bool().Draw(t, "calm"))
			for _, a := range generator.Draw(t, "actions") {
				m.step(a)
				steps++
			}
			m.settle()
		})
		finished = steps
	}
	t.Logf("%d steps", steps)
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
