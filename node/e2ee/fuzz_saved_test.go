package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func FuzzLoadSession(f *testing.F) {
	s, _, _ := talking(f)
	genuine := save(f, s)
	f.Add(genuine)
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add([]byte{3})
	f.Add(make([]byte, 41))
	f.Fuzz(func(t *testing.T, saved []byte) {
		loaded, err := load(t, saved)
		switch {
		case err == nil && !bytes.Equal(saved, genuine):
			t.Error("loaded what was not saved")
		case err != nil && loaded != nil:
			t.Error("a session came with the error")
		case err != nil && len(saved) > 0 && saved[0] > 2:
			wantErr(t, err, e2ee.ErrNewer)
		case err != nil:
			wantErr(t, err, e2ee.ErrSaved)
		}
	})
}

// FuzzLoadState changes one of some states, and saves it under the right key.
// Whatever loads is in the state that was saved, and can be used.
func FuzzLoadState(f *testing.F) {
	var states [][]byte
	named := statesToChange(f)
	for _, name := range []string{"fresh initiator", "fresh responder", "both chains", "skipped keys"} {
		states = append(states, named[name])
	}
	for i, s := range states {
		f.Add(uint8(i), uint8(2), uint16(0), []byte{}, uint16(len(s)))
		f.Add(uint8(i), uint8(1), uint16(0), []byte{}, uint16(len(s)))
		f.Add(uint8(i), uint8(2), uint16(1), []byte{1}, uint16(len(s)))
		f.Add(uint8(i), uint8(2), uint16(158), bytes.Repeat([]byte{0xff}, 28), uint16(len(s)))
		f.Add(uint8(i), uint8(2), uint16(len(s)-1), []byte{1}, uint16(len(s)+87))
		f.Add(uint8(i), uint8(3), uint16(0), []byte{}, uint16(0))
	}
	f.Fuzz(func(t *testing.T, base, version uint8, at uint16, change []byte, length uint16) {
		state := bytes.Clone(states[int(base)%len(states)])
		if len(state) == 0 || version == 0 {
			return
		}
		for i := range change {
			state[(int(at)+i)%len(state)] ^= change[i]
		}
		if int(length) < len(state) {
			state = state[:length]
		} else {
			state = append(state, make([]byte, int(length)-len(state))...)
		}
		s, err := load(t, sealState(state, version))
		if err != nil {
			if s != nil || version > 2 != errors.Is(err, e2ee.ErrNewer) || version < 3 != errors.Is(err, e2ee.ErrSaved) {
				t.Errorf("version %d: %v", version, err)
			}
			return
		}
		if version == 1 {
			state = append(append(bytes.Clone(state[:54]), make([]byte, 8)...), state[54:]...)
		}
		wantUnchanged(t, s, state)
		_ = s.Missing()
		if _, err := s.Open(make([]byte, e2ee.CellSize), now); !errors.Is(err, e2ee.ErrDecrypt) {
			t.Errorf("zeros: %v", err)
		}
		if _, err := s.Seal(nil); err != nil && !errors.Is(err, e2ee.ErrExhausted) {
			t.Errorf("Seal: %v", err)
		}
		s.Close()
	})
}
