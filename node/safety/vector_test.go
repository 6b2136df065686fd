package safety_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/safety"
)

const vectorFile = "../../testdata/vectors/safety-numbers.json"

// vectors is what docs/protocol.md describes under "safety-numbers.json".
type vectors struct {
	Numbers  []vectorNumber `json:"numbers"`
	Compared []vectorInput  `json:"compared"`
}

type vectorNumber struct {
	AliceSeed        hexBytes `json:"alice_seed"`
	BobSeed          hexBytes `json:"bob_seed"`
	AliceKey         hexBytes `json:"alice_key"`
	BobKey           hexBytes `json:"bob_key"`
	AliceFingerprint hexBytes `json:"alice_fingerprint"`
	BobFingerprint   hexBytes `json:"bob_fingerprint"`
	Digits           string   `json:"digits"`
	Words            string   `json:"words"`
	AliceCode        string   `json:"alice_code"`
	BobCode          string   `json:"bob_code"`
}

// vectorInput is compared by Alice with the first of the numbers.
type vectorInput struct {
	Comment string `json:"comment"`
	Text    string `json:"text"`
	Result  string `json:"result"`
}

type hexBytes = golden.Bytes

// referenceVectors computes the vectors without the package.
func referenceVectors() vectors {
	var v vectors
	for _, seeds := range [][2]byte{{0x00, 0x20}, {0x20, 0x40}, {0x60, 0x80}} {
		alice, bob := keyOf(seeds[0]), keyOf(seeds[1])
		n := vectorNumber{
			AliceSeed: golden.Counting(seeds[0], 32), BobSeed: golden.Counting(seeds[1], 32),
			AliceKey: hexBytes(alice), BobKey: hexBytes(bob),
			AliceFingerprint: refFingerprint(alice), BobFingerprint: refFingerprint(bob),
		}
		low, high := n.AliceFingerprint, n.BobFingerprint
		if bytes.Compare(low, high) > 0 {
			low, high = high, low
		}
		n.Digits = refDigits(low) + " " + refDigits(high)
		n.Words = strings.Join(append(refWords(low), refWords(high)...), " ")
		n.AliceCode = refCode(1, n.AliceFingerprint, n.BobFingerprint)
		n.BobCode = refCode(1, n.BobFingerprint, n.AliceFingerprint)
		v.Numbers = append(v.Numbers, n)
	}
	v.Compared = compared(v.Numbers)
	return v
}

func TestVectorsMatchReference(t *testing.T) {
	computed := referenceVectors()
	golden.Check(t, vectorFile, computed)
	if !reflect.DeepEqual(golden.Read[vectors](t, vectorFile), computed) {
		t.Error("what is stored does not lead back")
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	v := golden.Read[vectors](t, vectorFile)
	for i, want := range v.Numbers {
		alice, bob := number(t, []byte(want.AliceKey), []byte(want.BobKey)), number(t, []byte(want.BobKey), []byte(want.AliceKey))
		for _, n := range []safety.Number{alice, bob} {
			if n.String() != want.Digits || !slices.Equal(n.Words(), strings.Fields(want.Words)) {
				t.Errorf("%d: the number is %s, %s", i, n, n.Words())
			}
		}
		if alice.Code() != want.AliceCode || bob.Code() != want.BobCode {
			t.Errorf("%d: the codes are %s and %s", i, alice.Code(), bob.Code())
		}
	}
	alice := number(t, []byte(v.Numbers[0].AliceKey), []byte(v.Numbers[0].BobKey))
	for _, c := range v.Compared {
		match, err := alice.Match(c.Text)
		if got := result(match, err); got != c.Result {
			t.Errorf("%s: %s, want %s (%v)", c.Comment, got, c.Result, err)
		}
		if err != nil && len(c.Text) > 10 && strings.Contains(err.Error(), strings.TrimSpace(c.Text)) {
			t.Errorf("%s: the error repeats what was given", c.Comment)
		}
	}
}

// result is what the vectors call what Match returns.
func result(match bool, err error) string {
	switch {
	case match && err == nil:
		return "match"
	case err == nil:
		return "no match"
	case match:
		return "match with an error"
	case errors.Is(err, safety.ErrNewer):
		return "newer"
	case errors.Is(err, safety.ErrOwnCode):
		return "own"
	case errors.Is(err, safety.ErrMalformed):
		return "malformed"
	}
	return "another error"
}
