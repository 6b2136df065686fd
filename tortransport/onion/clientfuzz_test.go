package onion_test

import (
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// FuzzParseClientPublicKey checks that a text is a form of the key it parses to,
// or is refused with the documented error.
func FuzzParseClientPublicKey(f *testing.F) {
	for _, pair := range clientPairs {
		f.Add(base32Text(f, pair.public))
		f.Add("descriptor:x25519:" + strings.ToLower(base32Text(f, pair.public)) + "\n")
	}
	for _, point := range smallOrder {
		f.Add(base32Text(f, point))
	}
	f.Add("\u212a" + base32Text(f, clientPairs[0].public)[3:])
	f.Add("")

	f.Fuzz(func(t *testing.T, s string) {
		p, err := onion.ParseClientPublicKey(s)
		if err != nil {
			wantOneOf(t, err, onion.ErrClientKey)
			if !p.IsZero() {
				t.Fatal("a key came back with an error")
			}
			return
		}
		text := strings.TrimPrefix(strings.TrimSpace(s), "descriptor:x25519:")
		if p.IsZero() || !strings.EqualFold(text, p.String()) {
			t.Fatalf("%q parsed to %q", s, p)
		}
		for _, form := range []string{p.String(), p.AuthorizedClient()} {
			if again, err := onion.ParseClientPublicKey(form); err != nil || again != p {
				t.Fatalf("%s does not parse to itself: %v", form, err)
			}
		}
	})
}

// FuzzParseClientCredential does the same for a client's file, and checks that no
// error quotes it.
func FuzzParseClientCredential(f *testing.F) {
	for i, pair := range clientPairs {
		f.Add(published[i] + ":descriptor:x25519:" + base32Text(f, pair.private))
		f.Add(strings.ToUpper(published[i]) + ":descriptor:x25519:" + base32Text(f, pair.private) + "\r\n")
		f.Add(brokenChecksum[i] + ":descriptor:x25519:" + base32Text(f, pair.private))
		f.Add(published[i] + ":descriptor:x448:" + base32Text(f, pair.private))
		f.Add(published[i] + ":" + base32Text(f, pair.private))
	}
	f.Add("::")

	f.Fuzz(func(t *testing.T, line string) {
		a, k, err := onion.ParseClientCredential(line)
		if err != nil {
			wantOneOf(t, err, onion.ErrClientKey, onion.ErrMalformed, onion.ErrChecksum, onion.ErrVersion)
			if !a.IsZero() || !k.IsZero() {
				t.Fatal("a key came back with an error")
			}
			if _, secret, ok := strings.Cut(line, "x25519:"); ok && len(secret) > 30 && strings.Contains(err.Error(), secret[5:25]) {
				t.Fatalf("error quotes the key: %q", err)
			}
			return
		}
		if k.Public().IsZero() {
			t.Fatal("a private key without a public one")
		}
		gotA, gotK, err := onion.ParseClientCredential(k.Credential(a))
		if err != nil || gotA != a || !gotK.Equal(k) {
			t.Fatalf("the line does not lead back: %v", err)
		}
	})
}
