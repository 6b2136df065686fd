package profile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
)

// FuzzNumbers checks that a file either is refused with a documented error or is a list
// that can be written.
func FuzzNumbers(f *testing.F) {
	key := bytes.Repeat([]byte{1}, 32)
	for _, n := range [][]uint32{{1}, {2, 1}, {9, 8, 7, 6}, {1<<32 - 1, 1}, {}, {0, 1}, {1, 2}} {
		b, err := profile.SealNumbers(n, key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-1])
		b[8]++
		f.Add(b)
	}
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := profile.OpenNumbers(b, key)
		if err != nil {
			if !errors.Is(err, profile.ErrDamaged) && !errors.Is(err, profile.ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		again, err := profile.SealNumbers(n, key)
		if err != nil || len(again) != profile.NumbersSize {
			t.Fatal(len(again), err)
		}
		if got, err := profile.OpenNumbers(again, key); err != nil || !slices.Equal(got, n) {
			t.Fatalf("%v came back as %v, %v", n, got, err)
		}
	})
}

func TestImpossibleLists(t *testing.T) {
	key := bytes.Repeat([]byte{1}, 32)
	for _, n := range [][]uint32{{}, {0, 1}, {1, 2}, {2, 2}, {3, 0, 1}} {
		b, err := profile.SealNumbers(n, key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := profile.OpenNumbers(b, key); !errors.Is(err, profile.ErrDamaged) {
			t.Errorf("%v came back as %v, %v", n, got, err)
		}
	}
}

// FuzzSecret does the same for what an export has in it.
func FuzzSecret(f *testing.F) {
	f.Add([]byte(zeroWords + "\n1\n"))
	f.Add([]byte(strings.ToUpper(zeroWords) + "\n4294967295 3 2 1\n"))
	f.Add([]byte(zeroWords + "\n1 2\n"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, n, err := profile.ParseSecret(b)
		if err != nil {
			if !errors.Is(err, store.ErrExport) {
				t.Fatal(err)
			}
			return
		}
		words, err := keys.Words()
		if err != nil {
			t.Fatal(err)
		}
		if _, again, err := profile.ParseSecret(profile.AppendSecret(words, n)); err != nil || !slices.Equal(again, n) {
			t.Fatalf("%v came back as %v, %v", n, again, err)
		}
	})
}
