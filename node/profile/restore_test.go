package profile_test

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// zeroWords stand for a master secret of zeros (BIP 39's test vectors).
var zeroWords = strings.Repeat("abandon ", 23) + "art"

func TestWordsBringTheSameIdentityBack(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	want := p.Card()
	second, err := p.NewOnionKey()
	if err != nil {
		t.Fatal(err)
	}
	words, err := p.Words([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	again := opened(t)(profile.Restore(t.Context(), t.TempDir(), "bob", strings.Join(words, "\n"), sealed(t, "secret")))
	wantSame(t, again.Card(), want)
	// Later addresses follow in the same order.
	if key, err := again.NewOnionKey(); err != nil || !key.Equal(second) {
		t.Errorf("the second onion key is another one, %v", err)
	}
}

// derived is what docs/storage.md says of a key of the master secret of zeros.
func derived(t *testing.T, purpose string) ed25519.PrivateKey {
	t.Helper()
	seed, err := hkdf.Key(sha256.New, make([]byte, 32), nil, "onionwire-vault-1 derive "+purpose, 32)
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

func TestKeysAreDerivedAsSpecified(t *testing.T) {
	p := opened(t)(profile.Restore(t.Context(), t.TempDir(), "alice", zeroWords, sealed(t, "secret")))
	if !p.IdentityKey().Equal(derived(t, "identity")) {
		t.Error("the identity key is another one")
	}
	for range 2 {
		if _, err := p.NewOnionKey(); err != nil {
			t.Fatal(err)
		}
	}
	for i, purpose := range []string{"onion 3", "onion 2", "onion"} {
		if !p.OnionKeys()[i].Address().PublicKey().Equal(derived(t, purpose).Public()) {
			t.Errorf("the key %q is another one", purpose)
		}
	}
}

func TestMistypedWords(t *testing.T) {
	root := t.TempDir()
	for words, want := range map[string]error{
		"":                                   vault.ErrWordCount,
		strings.Repeat("abandon ", 24):       vault.ErrWordChecksum,
		strings.Repeat("abandon ", 23) + "a": nil, // a WordError
	} {
		_, err := profile.Restore(t.Context(), root, "alice", words, sealed(t, "secret"))
		var wrong *vault.WordError
		if want == nil && (!errors.As(err, &wrong) || wrong.Word != 24) || want != nil && !errors.Is(err, want) {
			t.Errorf("error is %v, want %v", err, want)
		}
	}
	wantEntries(t, root)
}
