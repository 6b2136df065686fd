package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

var row = []byte("row 1")

// sealState saves any state under the right key and context.
func sealState(state []byte, version byte) []byte {
	key := fixed("state key", e2ee.StateKeySize)
	return reference.SaveState(nil, reference.RawState(state), key, row, fixed("nonce", 24), version)
}

func load(tb rapid.TB, saved []byte) (*e2ee.Session, error) {
	tb.Helper()
	return e2ee.LoadSession(stateKey(tb), row, saved)
}

// statesToChange are of sessions with and without an own pair, peer keys and
// skipped keys.
func statesToChange(tb rapid.TB) map[string][]byte {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	ha, hb := start(tb, repeatable(alice.expecting(bob)), repeatable(bob.expecting(alice)))
	carry(tb, ha, hb)
	carry(tb, hb, ha)
	carry(tb, ha, hb)
	a, b := session(tb, ha), session(tb, hb)
	states := map[string][]byte{"fresh initiator": e2ee.StateOf(a), "fresh responder": e2ee.StateOf(b)}
	seal(tb, a, nil)
	wantOpens(tb, b, seal(tb, a, nil), nil)
	states["both chains"] = e2ee.StateOf(a)
	states["skipped keys"] = e2ee.StateOf(b)
	return states
}

func TestEveryFlippedByteOfASavedSessionIsRefused(t *testing.T) {
	a, b := newSessions(t)
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	saved := save(t, b)
	for i := range saved {
		for bit := i % 8; bit < 8; bit += 4 {
			saved[i] ^= 1 << bit
			s, err := load(t, saved)
			if i == 0 && saved[0] > 2 {
				wantErr(t, err, e2ee.ErrNewer)
			} else {
				wantErr(t, err, e2ee.ErrSaved)
			}
			if s != nil {
				t.Fatalf("byte %d was changed, and a session came", i)
			}
			saved[i] ^= 1 << bit
		}
	}
	if _, err := load(t, saved); err != nil {
		t.Error(err)
	}
}

func TestOtherLengthsOfASavedSessionAreRefused(t *testing.T) {
	a, _ := newSessions(t)
	saved := save(t, a)
	for n := range len(saved) {
		_, err := load(t, saved[:n])
		wantErr(t, err, e2ee.ErrSaved)
	}
	_, err := load(t, append(saved, 0))
	wantErr(t, err, e2ee.ErrSaved)
}

func TestStateVersions(t *testing.T) {
	a, b := newSessions(t)
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	saved := save(t, b)
	for version := 3; version < 256; version++ {
		saved[0] = byte(version)
		for _, n := range []int{1, 2, 41, len(saved)} {
			_, err := load(t, saved[:n])
			wantErr(t, err, e2ee.ErrNewer)
		}
	}
	for _, version := range []byte{0, 1} {
		saved[0] = version
		_, err := load(t, saved)
		wantErr(t, err, e2ee.ErrSaved)
	}

	// Version 1 has no count of lost cells, at offset 54; it is loaded as 0.
	state := e2ee.StateOf(b)
	binary.BigEndian.PutUint64(state[54:], 77)
	s, err := load(t, sealState(state, 2))
	if err != nil || s.Lost() != 77 {
		t.Errorf("77 cells are lost, and the session says %d, %v", s.Lost(), err)
	}
	old := append(bytes.Clone(state[:54]), state[62:]...)
	if s, err = load(t, sealState(old, 1)); err != nil {
		t.Fatal(err)
	}
	if s.Lost() != 0 || len(s.Missing()) != 1 {
		t.Errorf("lost are %d, missing %d", s.Lost(), len(s.Missing()))
	}
	wantOpens(t, s, seal(t, a, []byte("goes on")), []byte("goes on"))
	_, err = load(t, sealState(state, 1))
	wantErr(t, err, e2ee.ErrSaved)
	_, err = load(t, sealState(old, 2))
	wantErr(t, err, e2ee.ErrSaved)
}

func TestOtherKeyAndContextAreRefused(t *testing.T) {
	a, b := newSessions(t)
	saved := save(t, a)
	other := must[*e2ee.StateKey](t)(e2ee.NewStateKey(fixed("another", e2ee.StateKeySize)))
	_, err := e2ee.LoadSession(other, row, saved)
	wantErr(t, err, e2ee.ErrSaved)
	for _, context := range []string{"", "row 2", "row 1 ", "row ", "row 1\x00"} {
		_, err := e2ee.LoadSession(stateKey(t), []byte(context), saved)
		wantErr(t, err, e2ee.ErrSaved)
	}
	// The nonce of one and the rest of another.
	second := save(t, b)
	_, err = load(t, append(bytes.Clone(saved[:25]), second[25:]...))
	wantErr(t, err, e2ee.ErrSaved)
}

// Every role with all flags that there could be: one combination loads, if any.
func TestRolesAndFlags(t *testing.T) {
	for name, state := range statesToChange(t) {
		right := [2]byte(state)
		for _, role := range []int{0, 1, 2, 3, 128, 255} {
			for flags := range 256 {
				state[0], state[1] = byte(role), byte(flags)
				s, err := load(t, sealState(state, 2))
				// Who is the responder does not show in the rest, if both chains are there
				// or the one that both can have alone.
				loads := [2]byte(state[:2]) == right ||
					flags&3 == int(right[1])&3 && (role == 1 && flags&2 != 0 && flags < 8 || role == 2 && flags&4 != 0 && flags < 8)
				if loads != (err == nil) {
					t.Fatalf("%s: role %d with flags %d: %v", name, role, flags, err)
				}
				if err != nil {
					wantErr(t, err, e2ee.ErrSaved)
				}
				if (s != nil) != loads {
					t.Error("a session came with an error")
				}
			}
		}
		copy(state, right[:])
	}
}

func TestNumbersOfAState(t *testing.T) {
	states := statesToChange(t)
	skipped := states["skipped keys"]
	// The first chain with skipped keys is the last field: a header key, a number
	// of 8 bytes, a count of 2, then N, a time, and a key.
	chains := len(skipped) - (1 + 32 + 8 + 2 + 4 + 8 + 32)
	for _, tt := range []struct {
		name   string
		change func(s []byte) []byte
	}{
		{"generation 0", func(s []byte) []byte { putUint64(s[38:], 0); return s }},
		{"replaced after the end of time", func(s []byte) []byte { putUint64(s[46:], math.MaxInt64+1); return s }},
		{"no chain but its keys", func(s []byte) []byte { s[chains] = 0; return s }},
		{"more chains than there are", func(s []byte) []byte { s[chains] = 2; return s }},
		{"too many chains", func(s []byte) []byte { s[chains] = 9; return s }},
		{"255 chains", func(s []byte) []byte { s[chains] = 255; return s }},
		{"a chain without keys", func(s []byte) []byte { return append(s[:chains+41], 0, 0) }},
		{"more keys than there are", func(s []byte) []byte { s[chains+42] = 2; return s }},
		{"too many keys", func(s []byte) []byte { s[chains+41] = 0xff; return s }},
		{"put there after the end of time", func(s []byte) []byte { s[chains+47] = 0x80; return s }},
		{"a trailing byte", func(s []byte) []byte { return append(s, 0) }},
		{"nothing", func([]byte) []byte { return nil }},
		{"a key that is no point", func(s []byte) []byte {
			clear(s[186+64 : 186+64+32]) // X of the receiving chain
			return s
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := load(t, sealState(tt.change(bytes.Clone(skipped)), 2))
			wantErr(t, err, e2ee.ErrSaved)
			if s != nil {
				t.Error("a session came with the error")
			}
		})
	}
	for n := range len(skipped) {
		_, err := load(t, sealState(skipped[:n], 2))
		wantErr(t, err, e2ee.ErrSaved)
	}
}

// skippedState is a state with so many chains of so many keys.
func skippedState(state []byte, chains int, keys func(chain int) []uint32) []byte {
	s := append(bytes.Clone(state[:len(state)-1]), byte(chains))
	for i := range chains {
		s = append(s, fixed(fmt.Sprint("header ", i), 32)...)
		s = binary.BigEndian.AppendUint64(s, uint64(i)<<32)
		s = binary.BigEndian.AppendUint16(s, uint16(len(keys(i))))
		for _, n := range keys(i) {
			s = binary.BigEndian.AppendUint32(s, n)
			s = binary.BigEndian.AppendUint64(s, uint64(now.Unix()))
			s = append(s, fixed("key", 32)...)
		}
	}
	return s
}

func ascending(n int) []uint32 {
	keys := make([]uint32, n)
	for i := range keys {
		keys[i] = uint32(2 * i)
	}
	return keys
}

func TestSkippedKeysOfAState(t *testing.T) {
	state := statesToChange(t)["both chains"]
	for _, tt := range []struct {
		name   string
		chains int
		keys   func(int) []uint32
		want   error
	}{
		{"as many as can be", 8, func(int) []uint32 { return ascending(256) }, nil},
		{"in one chain", 1, func(int) []uint32 { return ascending(1024) }, nil},
		{"one more in one chain", 1, func(int) []uint32 { return ascending(1025) }, e2ee.ErrSaved},
		{"one more in all", 3, func(i int) []uint32 { return ascending([]int{1024, 1024, 1}[i]) }, e2ee.ErrSaved},
		{"the same twice", 1, func(int) []uint32 { return []uint32{1, 1} }, e2ee.ErrSaved},
		{"descending", 1, func(int) []uint32 { return []uint32{2, 1} }, e2ee.ErrSaved},
		{"a chain more", 9, func(int) []uint32 { return ascending(1) }, e2ee.ErrSaved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, sealState(skippedState(state, tt.chains, tt.keys), 2))
			wantErr(t, err, tt.want)
		})
	}
}
