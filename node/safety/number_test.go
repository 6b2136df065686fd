package safety_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tyler-smith/go-bip39/wordlists"
	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/safety"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	alice, bob := keyOf(0x00), keyOf(0x20)
	for name, tc := range map[string]struct {
		local, remote ed25519.PublicKey
		want          error
	}{
		"no keys":       {nil, nil, safety.ErrKey},
		"no remote key": {alice, nil, safety.ErrKey},
		"short key":     {alice[:31], bob, safety.ErrKey},
		"long key":      {alice, append(slices.Clone(bob), 0), safety.ErrKey},
		"same key":      {alice, slices.Clone(alice), safety.ErrOwnKey},
	} {
		n, err := safety.New(tc.local, tc.remote)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: error %v", name, err)
		}
		if !n.IsZero() {
			t.Errorf("%s: a number beside the error", name)
		}
	}
}

// TestZeroNumber: a number that was never made verifies nobody.
func TestZeroNumber(t *testing.T) {
	t.Parallel()
	var zero safety.Number
	if zero.String() != "" || zero.Words() != nil || zero.Code() != "" || !zero.IsZero() {
		t.Error("it has a text")
	}
	if zero.Equal(zero) || zero.Equal(number(t, keyOf(0), keyOf(32))) || number(t, keyOf(0), keyOf(32)).Equal(zero) {
		t.Error("it equals something")
	}
	for _, s := range []string{"", strings.Repeat("0", 60), strings.Repeat("abandon ", 16)} {
		if match, err := zero.Match(s); match || !errors.Is(err, safety.ErrMalformed) {
			t.Errorf("%q: match %v, %v", s, match, err)
		}
	}
}

var (
	digitsForm = regexp.MustCompile(`^[0-9]{5}( [0-9]{5}){11}$`)
	codeForm   = regexp.MustCompile(`^ONIONWIRE-SAFETY:[A-Z2-7]{104}$`)
)

func keys() *rapid.Generator[ed25519.PublicKey] {
	return rapid.Custom(func(t *rapid.T) ed25519.PublicKey {
		return rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
	})
}

// TestNumberIsOfBothIdentities: the same on both sides, and another one if either
// identity is.
func TestNumberIsOfBothIdentities(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		alice, bob, eve := keys().Draw(r, "alice"), keys().Draw(r, "bob"), keys().Draw(r, "eve")
		if alice.Equal(bob) || bob.Equal(eve) || eve.Equal(alice) {
			r.Skip("the same key twice")
		}
		a, b := number(t, alice, bob), number(t, bob, alice)
		if !digitsForm.MatchString(a.String()) || len(a.Words()) != 16 || !codeForm.MatchString(a.Code()) {
			r.Fatalf("the number is %s, %s, %s", a, a.Words(), a.Code())
		}
		if a.String() != b.String() || !slices.Equal(a.Words(), b.Words()) || !a.Equal(b) || !a.Equal(a) {
			r.Fatal("the two sides have different numbers")
		}
		for _, s := range []string{b.String(), strings.Join(b.Words(), " "), b.Code()} {
			if match, err := a.Match(s); !match || err != nil {
				r.Fatalf("%s does not match: %v", s, err)
			}
		}
		for _, with := range []safety.Number{number(t, alice, eve), number(t, eve, bob)} {
			if with.String() == a.String() || slices.Equal(with.Words(), a.Words()) || with.Equal(a) {
				r.Fatal("another identity has the same number")
			}
			for _, s := range []string{with.String(), strings.Join(with.Words(), " "), with.Code()} {
				if match, err := a.Match(s); match || err != nil {
					r.Fatalf("%s: match %v, %v", s, match, err)
				}
			}
		}
	})
}

// TestHalfStaysTheSame in the numbers of all contacts, as the documentation has it.
func TestHalfStaysTheSame(t *testing.T) {
	t.Parallel()
	ab, ac := number(t, keyOf(0x00), keyOf(0x20)), number(t, keyOf(0x00), keyOf(0x40))
	half := func(n safety.Number, i int) string { return n.String()[36*i:][:35] }
	shared := 0
	for i := range 2 {
		for j := range 2 {
			if half(ab, i) == half(ac, j) {
				shared++
			}
		}
	}
	if shared != 1 {
		t.Errorf("%s and %s have %d halves in common", ab, ac, shared)
	}
}

// TestWordList pins the list, which the specification names by this hash, and what
// is assumed of it.
func TestWordList(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(strings.Join(wordlists.English, "\n") + "\n"))
	if got := hex.EncodeToString(sum[:]); got != "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda" {
		t.Errorf("its SHA-256 is %s", got)
	}
	if len(wordlists.English) != 2048 || !slices.IsSorted(wordlists.English) {
		t.Errorf("it has %d words, or not in order", len(wordlists.English))
	}
	starts := make(map[string]bool)
	for _, w := range wordlists.English {
		starts[w[:min(len(w), 4)]] = true
	}
	if len(starts) != 2048 {
		t.Errorf("four letters tell %d words apart", len(starts))
	}
}

func TestNumberIsNotLogged(t *testing.T) {
	t.Parallel()
	n := number(t, keyOf(0x00), keyOf(0x20))
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "number", n)
	if s := b.String(); strings.Contains(s, n.String()[:5]) || !strings.Contains(s, "safety number") {
		t.Errorf("logged as %q", s)
	}
}

func BenchmarkNew(b *testing.B) {
	alice, bob := keyOf(0x00), keyOf(0x20)
	for b.Loop() {
		if _, err := safety.New(alice, bob); err != nil {
			b.Fatal(err)
		}
	}
}
