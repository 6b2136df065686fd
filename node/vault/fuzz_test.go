package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/vault"
)

// FuzzFile opens files as they are and with the checksum that fits them.
func FuzzFile(f *testing.F) {
	for _, p := range []vault.Protection{protect(f, "p"), vault.WithoutPassphrase()} {
		path, _ := created(f, p)
		f.Add(content(f, path))
	}
	f.Add([]byte{})
	f.Add([]byte("owvault\x00\x02"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, b := range [][]byte{file, repaired(file)} {
			protected, cost, err := vault.Parse(b)
			switch {
			case errors.Is(err, vault.ErrDamaged), errors.Is(err, vault.ErrNewer):
				continue
			case err != nil:
				t.Fatalf("error is %v", err)
			case protected && uint64(cost.Time)*uint64(cost.Memory) > 1<<12:
				continue // within bounds, and too much for a fuzzer
			}
			var passphrase []byte
			if protected {
				passphrase = []byte("p")
			}
			if keys, err := vault.Unseal(b, passphrase); err == nil {
				master, database := keys.Secrets()
				if len(b) != vault.FileSize || bytes.Equal(master, database) {
					t.Fatal("a file opened that this package does not write")
				}
			}
		}
	})
}

func repaired(b []byte) []byte {
	if len(b) < vault.AtChecksum {
		return nil
	}
	return vault.Repaired(b)
}

// FuzzWords reads words, which must be written the same way again.
func FuzzWords(f *testing.F) {
	for _, v := range bip39Vectors {
		f.Add(v.words)
	}
	f.Add(strings.Repeat("zoo ", 24))
	f.Fuzz(func(t *testing.T, typed string) {
		keys, err := vault.Restore(typed)
		if err != nil {
			return
		}
		words, err := keys.Words()
		if err != nil {
			t.Fatal(err)
		}
		for i, field := range strings.Fields(strings.ToLower(typed)) {
			if words[i] != field && (len(field) != 4 || !strings.HasPrefix(words[i], field)) {
				t.Fatalf("word %d was read as another one", i+1)
			}
		}
	})
}
