package keyfile_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

// FuzzKeyfileDecode checks that a content that is accepted is the one encoding
// of its key, newlines aside, and that nothing else comes back with a key.
func FuzzKeyfileDecode(f *testing.F) {
	f.Add([]byte(rfc8410Key))
	f.Add([]byte(strings.ReplaceAll(rfc8410Key, "\n", "\r\n")))
	f.Add([]byte(strings.TrimSuffix(rfc8410Key, "\n")))
	f.Add([]byte(rfc8410KeyWithPublic))
	f.Add([]byte(rfc8410Key + rfc8410Key))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte(strings.ReplaceAll(rfc8410Key, "PRIVATE KEY", "EC PRIVATE KEY")))
	f.Add([]byte{})

	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := keyfile.Decode(data)
		if err != nil {
			if key != nil {
				t.Fatal("a key came back with an error")
			}
			return
		}
		if len(key) != ed25519.PrivateKeySize || !ed25519.NewKeyFromSeed(key.Seed()).Equal(key) {
			t.Fatal("not a valid key")
		}
		want, err := keyfile.Encode(key)
		if err != nil {
			t.Fatal(err)
		}
		strip := func(b []byte) []byte {
			return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r"), nil), []byte("\n"), nil)
		}
		if !bytes.Equal(strip(data), strip(want)) {
			t.Fatalf("accepted %q, an encoding that is not the canonical one", data)
		}
	})
}
