package reference_test

import (
	"bytes"
	"crypto/mlkem"
	"encoding/hex"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

func TestAcceptablePoint(t *testing.T) {
	nine := make([]byte, 32)
	nine[0] = 9
	if !reference.AcceptablePoint(nine) {
		t.Error("the base point is refused")
	}
	for _, p := range reference.SmallOrderPoints() {
		if reference.AcceptablePoint(p) {
			t.Errorf("%x is accepted", p)
		}
	}
	high := bytes.Clone(nine)
	high[31] = 0x80
	prime := bytes.Repeat([]byte{0xff}, 32)
	prime[0], prime[31] = 0xed, 0x7f
	above := bytes.Clone(prime)
	above[0] += 9
	for _, p := range [][]byte{high, prime, above, nil, nine[:31]} {
		if reference.AcceptablePoint(p) {
			t.Errorf("%x is accepted", p)
		}
	}
}

func TestModulusCheckMatchesStandardLibrary(t *testing.T) {
	key, err := mlkem.NewDecapsulationKey768(make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	honest := key.EncapsulationKey().Bytes()
	if !reference.ModulusCheck(honest) || reference.ModulusCheck(honest[1:]) {
		t.Error("an honest key is refused, or a short one accepted")
	}
	for _, position := range []int{0, 1, 2, 600, 1151, 1152, 1183} {
		for value := range 256 {
			ek := bytes.Clone(honest)
			ek[position] = byte(value)
			_, err := mlkem.NewEncapsulationKey768(ek)
			if reference.ModulusCheck(ek) != (err == nil) {
				t.Fatalf("byte %d = %d: the standard library says %v", position, value, err)
			}
		}
	}
}

func TestAcceptableIdentity(t *testing.T) {
	for seed := range 20 {
		i := reference.NewIdentity(nil, bytes.Repeat([]byte{byte(seed)}, 32))
		if !reference.AcceptableIdentity(i.Public) {
			t.Errorf("an honest key is refused: %x", i.Public)
		}
	}
	for name, text := range map[string]string{
		"neutral":               "0100000000000000000000000000000000000000000000000000000000000000",
		"order 2":               "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"order 4":               "0000000000000000000000000000000000000000000000000000000000000000",
		"order 4, negative":     "0000000000000000000000000000000000000000000000000000000000000080",
		"order 8":               "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"order 8, other":        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"neutral, negative":     "0100000000000000000000000000000000000000000000000000000000000080",
		"y above the prime":     "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"no point of the curve": "0200000000000000000000000000000000000000000000000000000000000000",
		"short":                 "02",
	} {
		key, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if reference.AcceptableIdentity(key) {
			t.Errorf("%s is accepted", name)
		}
	}
}
