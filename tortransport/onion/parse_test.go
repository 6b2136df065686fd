package onion_test

import (
	"crypto/sha3"
	"encoding/base32"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// encodeAddress builds a service ID as rend-spec says, with any version and the
// checksum that belongs to it, independently of the package.
func encodeAddress(key []byte, version byte) string {
	sum := sha3.Sum256([]byte(".onion checksum" + string(key) + string([]byte{version})))
	raw := append(append(append([]byte{}, key...), sum[:2]...), version)
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw))
}

func TestParsePublishedAddresses(t *testing.T) {
	for _, id := range published {
		t.Run(id[:8], func(t *testing.T) {
			upper := strings.ToUpper(id)
			want := mustParse(t, id)
			for _, s := range []string{id + ".onion", upper, upper + ".ONION", id + ".OnIoN", id[:20] + upper[20:]} {
				got, err := onion.Parse(s)
				if err != nil {
					t.Errorf("%s: %v", s, err)
				}
				if got != want {
					t.Errorf("%s: another address than in lower case", s)
				}
			}
			if want.String() != id+".onion" {
				t.Errorf("String is %s, want %s.onion", want, id)
			}
			if want.ServiceID() != id {
				t.Errorf("ServiceID is %s, want %s", want.ServiceID(), id)
			}
			if got := encodeAddress(want.PublicKey(), 3); got != id {
				t.Errorf("public key belongs to %s, want %s", got, id)
			}
		})
	}
}

func TestParseRefusesAddresses(t *testing.T) {
	good := published[0]
	key := mustParse(t, good).PublicKey()
	replace := func(i int, s string) string { return good[:i] + s + good[i+1:] }

	tests := map[string]struct {
		s       string
		kind    error
		message string
	}{
		"empty":                {"", onion.ErrMalformed, "0 characters, want 56"},
		"suffix only":          {".onion", onion.ErrMalformed, "0 characters"},
		"one short":            {good[1:], onion.ErrMalformed, "55 characters"},
		"one long":             {good + "a", onion.ErrMalformed, "57 characters"},
		"very long":            {strings.Repeat(good, 1000), onion.ErrMalformed, "56000 bytes"},
		"digit 0":              {replace(3, "0"), onion.ErrMalformed, `'0' is not base32`},
		"digit 1":              {replace(3, "1"), onion.ErrMalformed, "not base32"},
		"digit 8":              {replace(3, "8"), onion.ErrMalformed, "not base32"},
		"padding":              {good[:55] + "=", onion.ErrMalformed, "not base32"},
		"line feed inside":     {good[:30] + "\n" + good[30:], onion.ErrMalformed, "not base32"},
		"line feed instead":    {replace(55, "\n"), onion.ErrMalformed, "not base32"},
		"carriage return":      {good + "\r", onion.ErrMalformed, "not base32"},
		"space before":         {" " + good, onion.ErrMalformed, "not base32"},
		"final dot":            {good + ".onion.", onion.ErrMalformed, "too long"},
		"suffix twice":         {good + ".onion.onion", onion.ErrMalformed, "too long"},
		"port":                 {good + ":80", onion.ErrMalformed, "not base32"},
		"subdomain":            {"www." + good, onion.ErrMalformed, "not base32"},
		"other suffix":         {good + ".local", onion.ErrMalformed, "not base32"},
		"dotless suffix":       {good + "onion", onion.ErrMalformed, "61 characters"},
		"Kelvin sign for k":    {"\u212a" + good[3:], onion.ErrMalformed, "not base32"},
		"long s for s":         {"\u017f" + good[2:], onion.ErrMalformed, "not base32"},
		"NUL":                  {replace(10, "\x00"), onion.ErrMalformed, "not base32"},
		"no UTF-8":             {replace(1, "\xff"), onion.ErrMalformed, "not base32"},
		"all-zero key":         {encodeAddress(make([]byte, 32), 3), onion.ErrMalformed, "all zeros"},
		"version 2":            {"expyuzz4wqqyqhjn", onion.ErrVersion, "version 2"},
		"version 2 and suffix": {"EXPYUZZ4WQQYQHJN.onion", onion.ErrVersion, "version 3 address of 56 characters"},
		"not even version 2":   {"expyuzz4wqqyqhj1.onion", onion.ErrMalformed, "not base32"},
		"version byte 2":       {encodeAddress(key, 2), onion.ErrVersion, "version 2, want 3"},
		"version byte 4":       {encodeAddress(key, 4), onion.ErrVersion, "version 4, want 3"},
		"version byte 0":       {encodeAddress(key, 0), onion.ErrVersion, "version 0"},
		"key changed":          {replace(0, "q"), onion.ErrChecksum, "mistyped"},
		"checksum changed":     {replace(52, "a"), onion.ErrChecksum, "mistyped"},
		"characters swapped":   {"gp" + good[2:], onion.ErrChecksum, "mistyped"},
	}
	for _, id := range brokenChecksum {
		tests["published "+id[:5]] = struct {
			s       string
			kind    error
			message string
		}{id, onion.ErrChecksum, "mistyped"}
	}

	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := onion.Parse(tt.s)
			if !a.IsZero() {
				t.Error("an address came back")
			}
			wantKind(t, err, tt.kind)
			if err != nil && !strings.Contains(err.Error(), tt.message) {
				t.Errorf("error is %q, want %q in it", err, tt.message)
			}
			if err != nil && len(tt.s) >= 50 && strings.Contains(err.Error(), tt.s[5:45]) {
				t.Errorf("error quotes the address: %q", err)
			}
		})
	}
}

// wantKind fails the test unless err matches kind and no other sentinel error.
func wantKind(t *testing.T, err, kind error) {
	t.Helper()
	for _, k := range []error{onion.ErrMalformed, onion.ErrChecksum, onion.ErrVersion, onion.ErrNotOnion} {
		if errors.Is(err, k) != (k == kind) {
			t.Errorf("error is %v, want %v only", err, kind)
		}
	}
}
