package safety_test

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzMatch checks that nothing but the number matches, in the forms that are
// allowed, and that all else has one of the documented results.
func FuzzMatch(f *testing.F) {
	alice, bob := number(f, keyOf(0x00), keyOf(0x20)), number(f, keyOf(0x20), keyOf(0x00))
	for _, c := range compared(referenceVectors().Numbers) {
		f.Add(c.Text)
	}
	f.Add(bob.Code()[:30] + " " + bob.Code()[30:])
	digits := strings.ReplaceAll(alice.String(), " ", "")
	f.Fuzz(func(t *testing.T, s string) {
		match, err := alice.Match(s)
		if got := result(match, err); got == "another error" || got == "match with an error" {
			t.Fatalf("%s: %v", got, err)
		}
		if !match {
			return
		}
		// Digits may stand apart, a code may not.
		plain := strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
		code := strings.TrimSpace(s)
		if plain == digits || code == bob.Code() || code == strings.ToLower(bob.Code()) {
			return
		}
		typed, words := strings.Fields(s), alice.Words()
		if len(typed) != len(words) {
			t.Fatalf("%q matches", s)
		}
		for i, w := range typed {
			if w = strings.ToLower(w); w != words[i] && (len(w) != 4 || !strings.HasPrefix(words[i], w)) {
				t.Fatalf("%q matches, and %q is not %q", s, w, words[i])
			}
		}
	})
}
