package vault_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
	"github.com/onionwire/onionwire/node/vault"
)

// derived is docs/storage.md, "Keys", done by hand: HKDF-SHA256 (RFC 5869) with no
// salt and one block of output.
func derived(master []byte, purpose string) []byte {
	extract := hmac.New(sha256.New, make([]byte, sha256.Size))
	extract.Write(master)
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte("onionwire-vault-1 derive " + purpose + "\x01"))
	return expand.Sum(nil)
}

func TestDerivedKeysAreThoseOfTheSpecification(t *testing.T) {
	master := bytes.Repeat([]byte{7}, vault.KeySize)
	keys := vault.FromMaster(bytes.Clone(master))
	seen := map[string]vault.Purpose{}
	for purpose, name := range map[vault.Purpose]string{
		vault.Identity:                    "identity",
		vault.Onion:                       "onion",
		vault.OnionNumber(2):              "onion 2",
		vault.OnionNumber(math.MaxUint32): "onion 4294967295",
		vault.Sessions:                    "sessions",
		vault.Rows:                        "rows",
		vault.Addresses:                   "addresses",
		"another":                         "another",
	} {
		got, err := keys.Derive(purpose)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, derived(master, name)) {
			t.Errorf("the key for %s is %x", name, got)
		}
		if other, twice := seen[string(got)]; twice {
			t.Errorf("%s and %s have the same key", purpose, other)
		}
		seen[string(got)] = purpose
	}
	if vault.OnionNumber(1) != vault.Onion {
		t.Error("the first onion key is not the one that has no number")
	}
	database, err := keys.Database()
	if err != nil {
		t.Fatal(err)
	}
	if _, twice := seen[string(database)]; twice || bytes.Equal(database, master) {
		t.Error("the database key is not random")
	}
}

func TestNewKeysDiffer(t *testing.T) {
	a, b := vault.NewKeys(), vault.NewKeys()
	aMaster, aDatabase := a.Secrets()
	bMaster, bDatabase := b.Secrets()
	if bytes.Equal(aMaster, bMaster) || bytes.Equal(aDatabase, bDatabase) || bytes.Equal(aMaster, aDatabase) {
		t.Error("secrets repeat")
	}
}

func TestWipe(t *testing.T) {
	keys := vault.NewKeys()
	master, database := keys.Secrets()
	for range 2 {
		keys.Wipe()
	}
	if zero := make([]byte, vault.KeySize); !bytes.Equal(master, zero) || !bytes.Equal(database, zero) {
		t.Error("a secret is still there")
	}
	if _, err := keys.Derive(vault.Identity); err == nil {
		t.Error("a key was derived from nothing")
	}
	if _, err := keys.Database(); err == nil {
		t.Error("there is a database key")
	}
	if _, err := keys.Words(); err == nil {
		t.Error("there are words")
	}
	if err := vault.Create(private(t), keys, vault.WithoutPassphrase()); err == nil {
		t.Error("wiped keys were written")
	}

	p := protect(t, "correct horse")
	p.Wipe()
	if !bytes.Equal(p.Passphrase(), make([]byte, len("correct horse"))) {
		t.Error("the passphrase is still there")
	}
}

func TestThePassphraseOfTheCallerIsLeftAlone(t *testing.T) {
	mine := []byte("correct horse")
	p, err := vault.WithPassphrase(mine, cheap)
	if err != nil {
		t.Fatal(err)
	}
	p.Wipe()
	if string(mine) != "correct horse" {
		t.Error("the caller's passphrase was cleared")
	}
}

func TestNothingIsPrinted(t *testing.T) {
	keys, p := vault.NewKeys(), protect(t, "correct horse")
	redacttest.Check(t, keys)
	redacttest.Check(t, *keys)
	redacttest.Check(t, p)
	redacttest.Check(t, &p)
}
