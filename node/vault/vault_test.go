package vault_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/onionwire/onionwire/node/vault"
)

func TestCreateThenOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		protection vault.Protection
		passphrase []byte
	}{
		"with a passphrase": {protect(t, "correct horse"), []byte("correct horse")},
		"without":           {vault.WithoutPassphrase(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			path, keys := created(t, tt.protection)
			got, err := vault.Open(path, tt.passphrase)
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, got, keys)
			wantAlone(t, path)
			if protected, err := vault.Protected(path); err != nil || protected != (tt.passphrase != nil) {
				t.Errorf("protected is %v, %v", protected, err)
			}
		})
	}
}

func TestAFileHoldsNothingInTheClear(t *testing.T) {
	path, keys := created(t, protect(t, "correct horse"))
	master, database := keys.Secrets()
	for _, secret := range [][]byte{master[:8], database[:8], []byte("correct")} {
		if bytes.Contains(content(t, path), secret) {
			t.Error("a secret is in the file")
		}
	}
}

func TestNoTwoFilesAreAlike(t *testing.T) {
	keys := vault.NewKeys()
	var files [2][]byte
	for i := range files {
		path := private(t)
		if err := vault.Create(path, keys, protect(t, "p")); err != nil {
			t.Fatal(err)
		}
		files[i] = content(t, path)
	}
	same := 0
	for i := vault.AtThreads + 1; i < len(files[0]); i++ {
		if files[0][i] == files[1][i] {
			same++
		}
	}
	if same > 16 {
		t.Errorf("%d of the random bytes are the same", same)
	}
}

func TestTheSameTextTypedOtherwiseOpens(t *testing.T) {
	path, keys := created(t, protect(t, "caf\u00e9"))
	got, err := vault.Open(path, []byte("cafe\u0301"))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
}

func TestCreateNeverOverwrites(t *testing.T) {
	path, keys := created(t, vault.WithoutPassphrase())
	if err := vault.Create(path, vault.NewKeys(), vault.WithoutPassphrase()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	got, err := vault.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	wantAlone(t, path)
}

func TestCreateNeedsADecision(t *testing.T) {
	path := private(t)
	if err := vault.Create(path, vault.NewKeys(), vault.Protection{}); err == nil {
		t.Error("a file was made without a passphrase, and without anybody wanting that")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file (%v)", err)
	}
}

func TestChange(t *testing.T) {
	path, keys := created(t, protect(t, "old"))
	if err := vault.Change(path, []byte("old"), protect(t, "new")); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(path, []byte("old")); !errors.Is(err, vault.ErrPassphrase) {
		t.Errorf("with the old passphrase the error is %v, want ErrPassphrase", err)
	}
	got, err := vault.Open(path, []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)

	if err := vault.Change(path, []byte("new"), vault.WithoutPassphrase()); err != nil {
		t.Fatal(err)
	}
	if got, err = vault.Open(path, nil); err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	if err := vault.Change(path, nil, protect(t, "again")); err != nil {
		t.Fatal(err)
	}
	if got, err = vault.Open(path, []byte("again")); err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	wantAlone(t, path)
}

func TestAChangeThatIsRefusedChangesNothing(t *testing.T) {
	path, _ := created(t, protect(t, "old"))
	before := content(t, path)
	if err := vault.Change(path, []byte("wrong"), protect(t, "new")); !errors.Is(err, vault.ErrPassphrase) {
		t.Errorf("error is %v, want ErrPassphrase", err)
	}
	if err := vault.Change(path, []byte("old"), vault.Protection{}); err == nil {
		t.Error("a change to no protection, which nobody asked for, was made")
	}
	if !bytes.Equal(content(t, path), before) {
		t.Error("the file was changed")
	}
	wantAlone(t, path)
}
