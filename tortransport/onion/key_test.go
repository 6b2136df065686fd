package onion_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
	"pgregory.net/rapid"
)

func TestPublishedKeys(t *testing.T) {
	for _, tt := range publishedKeys {
		k := mustKey(t, tt.seed)
		if got := k.Address().ServiceID(); got != tt.id {
			t.Errorf("address of seed %s is %s, want %s", tt.seed, got, tt.id)
		}
		if got := hex.EncodeToString(k.Seed()); got != tt.seed {
			t.Errorf("seed is %s, want %s", got, tt.seed)
		}
	}
}

// The expanded form must be a valid clamped scalar, and the control string a
// line that survives the control protocol.
func TestKeyForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).
			Filter(func(s []byte) bool { return !bytes.Equal(s, make([]byte, 32)) }).Draw(t, "seed")
		k, err := onion.KeyFromSeed(seed)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(k.Seed(), seed) {
			t.Error("another seed came back")
		}
		public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		if !k.Address().PublicKey().Equal(public) {
			t.Error("address of another key")
		}
		x := k.Expanded()
		if x[0]&7 != 0 || x[31]&0xc0 != 0x40 {
			t.Errorf("scalar is not clamped: %x", x[:32])
		}
		encoded, ok := strings.CutPrefix(k.ControlString(), "ED25519-V3:")
		if !ok {
			t.Fatalf("control string begins %.11q", k.ControlString())
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, x[:]) {
			t.Error("control string holds something else than the expanded form")
		}
	})
}

func TestGenerateKey(t *testing.T) {
	a, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if a.IsZero() || a.Equal(b) || a.Address() == b.Address() {
		t.Error("two generated keys are not two keys")
	}
}

func TestKeyEqual(t *testing.T) {
	a, again := mustKey(t, publishedKeys[0].seed), mustKey(t, publishedKeys[0].seed)
	b, zero := mustKey(t, publishedKeys[1].seed), onion.Key{}
	if !a.Equal(again) || !zero.Equal(onion.Key{}) {
		t.Error("equal keys are not equal")
	}
	if a.Equal(b) || a.Equal(zero) || zero.Equal(a) {
		t.Error("different keys are equal")
	}
}

func TestKeyFromSeedChecksItsArgument(t *testing.T) {
	for _, seed := range [][]byte{nil, make([]byte, 31), make([]byte, 32), make([]byte, 33), make([]byte, 64)} {
		k, err := onion.KeyFromSeed(seed)
		if err == nil || !k.IsZero() {
			t.Errorf("seed of %d bytes: error %v", len(seed), err)
		}
	}
}

func TestKeyDoesNotShareMemory(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	k, err := onion.KeyFromSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	seed[0] = 8
	k.Seed()[1] = 9
	if !bytes.Equal(k.Seed(), bytes.Repeat([]byte{7}, 32)) {
		t.Error("the key changed with a slice outside")
	}
}

func TestZeroKey(t *testing.T) {
	var k onion.Key
	if !k.IsZero() || !k.Address().IsZero() {
		t.Error("the zero Key passes for a key")
	}
	for name, f := range map[string]func(){
		"Seed":          func() { k.Seed() },
		"Expanded":      func() { k.Expanded() },
		"ControlString": func() { k.ControlString() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic: a key that everybody knows can reach Tor")
				}
			}()
			f()
		})
	}
}
