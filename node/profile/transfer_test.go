package profile_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// exported is a profile and its export under the passphrase "export". To make one costs
// seconds, because what opens an export costs that.
type exported struct {
	card *profile.Card
	file string
}

// export returns the export of the profile of zeroWords, which has changed its address
// three times and given one of them up.
func export(t testing.TB) exported {
	t.Helper()
	e, err := exportOnce()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var exportOnce = sync.OnceValues(func() (e exported, err error) {
	root, err := os.MkdirTemp("", "onionwire-export")
	if err != nil {
		return e, err
	}
	defer os.RemoveAll(root)
	p, err := profile.Restore(background, root, "alice", zeroWords, vault.WithoutPassphrase())
	if err != nil {
		return e, err
	}
	defer p.Close()
	for range 3 {
		if _, err := p.NewOnionKey(); err != nil {
			return e, err
		}
	}
	if err := p.RetireOnionKey(p.OnionKeys()[2].Address()); err != nil {
		return e, err
	}
	if err := addBob(p); err != nil {
		return e, err
	}
	var b bytes.Buffer
	if err := p.Export(background, &b, []byte("export"), true); err != nil {
		return e, err
	}
	identity, err := age.NewScryptIdentity("export")
	if err != nil {
		return e, err
	}
	plain, err := age.Decrypt(&b, identity)
	if err != nil {
		return e, err
	}
	e.card = p.Card()
	e.file, err = encrypted(plain)
	return e, err
})

// encrypted encrypts the content of an export at a cost for tests.
func encrypted(plain io.Reader) (string, error) {
	recipient, err := age.NewScryptRecipient("export")
	if err != nil {
		return "", err
	}
	recipient.SetWorkFactor(1)
	var b strings.Builder
	w, err := age.Encrypt(&b, recipient)
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(w, plain); err != nil {
		return "", err
	}
	err = w.Close()
	return b.String(), err
}

func TestAnImportHasTheSameIdentity(t *testing.T) {
	t.Parallel()
	root, want := t.TempDir(), export(t)
	p := opened(t)(profile.Import(t.Context(), root, "bob", strings.NewReader(want.file), []byte("export"), sealed(t, "secret")))
	wantSame(t, p.Card(), want.card)
	wantSame(t, read(t, root, "bob"), want.card)
	wantBob(t, p)
	if got, err := p.Words([]byte("secret")); err != nil || strings.Join(got, " ") != zeroWords {
		t.Errorf("the words are others, %v", err)
	}
	if key, err := p.NewOnionKey(); err != nil || !key.Address().PublicKey().Equal(derived(t, "onion 5").Public()) {
		t.Errorf("the next key is another one, %v", err)
	}
}

func TestRefusedImports(t *testing.T) {
	t.Parallel()
	good := export(t).file
	header := func(secret string) string {
		t.Helper()
		file, err := encrypted(strings.NewReader(`{"header":{"version":1,"secret":"` + secret + `"}}` + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, tt := range map[string]struct {
		export, passphrase string
		want               error
	}{
		"wrong passphrase": {good, "wrong", store.ErrPassphrase},
		"no passphrase":    {good, "", store.ErrPassphrase},
		"cut off":          {good[:len(good)-20], "export", store.ErrExport},
		"changed":          {good[:len(good)-2] + "xx", "export", store.ErrExport},
		"something else":   {"something else", "export", store.ErrExport},
		"no words":         {header(""), "export", store.ErrExport},
		"wrong words":      {header("YWJhbmRvbgoxCg=="), "export", store.ErrExport},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			_, err := profile.Import(t.Context(), root, "alice", strings.NewReader(tt.export), []byte(tt.passphrase), sealed(t, "secret"))
			if !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
			wantEntries(t, root)
		})
	}
}

func TestExportedSecrets(t *testing.T) {
	words := strings.Fields(zeroWords)
	good := string(profile.AppendSecret(words, []uint32{7, 5, 1}))
	if want := zeroWords + "\n7 5 1\n"; good != want {
		t.Errorf("the secret is %q, want %q", good, want)
	}
	for _, bad := range []string{
		"", "\n", zeroWords, zeroWords + "\n", zeroWords + "\n1", zeroWords + "\n\n", zeroWords + "\n1\n\n", zeroWords + "\n0\n",
		zeroWords + "\n1 2\n", zeroWords + "\n2 2\n", zeroWords + "\n2 0\n", zeroWords + "\n9 8 7 6 5\n", zeroWords + "\n+1\n",
		zeroWords + "\n01\n", zeroWords + "\n1 \n", zeroWords + "\n4294967296\n", zeroWords + "\n-1\n", zeroWords + "\n1\nmore",
		"abandon\n1\n", zeroWords + " art\n1\n",
	} {
		if _, _, err := profile.ParseSecret([]byte(bad)); !errors.Is(err, store.ErrExport) {
			t.Errorf("%q: error is %v, want ErrExport", bad, err)
		}
	}
	keys, list, err := profile.ParseSecret([]byte(good))
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	if got, err := keys.Words(); err != nil || len(got) != vault.WordCount {
		t.Error(got, err)
	}
}
