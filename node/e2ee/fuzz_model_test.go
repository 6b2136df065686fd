package e2ee_test

import "testing"

// FuzzModel lets the fuzzer choose what happens in the model: the first byte
// says whether it is a calm one, and every three that follow are an action.
func FuzzModel(f *testing.F) {
	for calm := range byte(2) {
		for _, detail := range []byte{0, 1, 2, 3, 5, 0xff} {
			script := []byte{calm}
			for kind := range dice { // every action, by either party
				script = append(script, byte(kind), byte(kind), detail)
			}
			f.Add(script)
		}
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) == 0 || len(script) > 1+3*150 {
			return
		}
		m := newModel(t, script[0]&1 == 1)
		for s := script[1:]; len(s) >= 3; s = s[3:] {
			m.step(action{s[0], s[1], s[2]})
		}
		m.settle()
	})
}
