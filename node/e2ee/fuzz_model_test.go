package e2ee_test

import "testing"

// FuzzModel lets the fuzzer choose what happens in the model: the first byte
// says whether it is a calm one, and every three that follow are an action.
func FuzzModel(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1})
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
