package profile_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func TestAWrongPassphraseTouchesNothing(t *testing.T) {
	root := t.TempDir()
	shut(t, create(t, root, "alice"))
	bare := opened(t)(profile.Create(t.Context(), root, "bare", vault.WithoutPassphrase()))
	shut(t, bare)
	before := snapshot(t, root)
	for _, tt := range []struct {
		name, passphrase string
		want             error
	}{
		{"alice", "wrong", profile.ErrPassphrase},
		{"alice", "", vault.ErrPassphraseNeeded},
		{"bare", "superfluous", vault.ErrUnprotected},
	} {
		if _, err := profile.Open(t.Context(), root, tt.name, []byte(tt.passphrase)); !errors.Is(err, tt.want) {
			t.Errorf("open %s with %q: error is %v, want %v", tt.name, tt.passphrase, err, tt.want)
		}
		if _, err := profile.Read(root, tt.name, []byte(tt.passphrase)); !errors.Is(err, tt.want) {
			t.Errorf("read %s with %q: error is %v, want %v", tt.name, tt.passphrase, err, tt.want)
		}
	}
	wantSnapshot(t, root, before)
	open(t, root) // which is not locked any more
}

func TestChangingThePassphrase(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	want := p.Card()
	words, err := p.Words([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ChangePassphrase([]byte("wrong"), sealed(t, "new")); !errors.Is(err, profile.ErrPassphrase) {
		t.Errorf("error is %v, want ErrPassphrase", err)
	}
	for _, step := range []struct {
		old       string
		next      vault.Protection
		new       string
		protected bool
	}{
		{"secret", sealed(t, "new"), "new", true},
		{"new", vault.WithoutPassphrase(), "", false},
		{"", sealed(t, "last"), "last", true},
	} {
		if err := p.ChangePassphrase([]byte(step.old), step.next); err != nil {
			t.Fatal(err)
		}
		if protected, err := p.Protected(); err != nil || protected != step.protected {
			t.Errorf("protected is %v, %v", protected, err)
		}
		if protected, err := profile.Protected(root, "alice"); err != nil || protected != step.protected {
			t.Errorf("protected is %v, %v", protected, err)
		}
		if _, err := profile.Read(root, "alice", []byte(step.old)); err == nil {
			t.Errorf("the old passphrase %q still opens it", step.old)
		}
		card, err := profile.Read(root, "alice", []byte(step.new))
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, card, want)
		got, err := p.Words([]byte(step.new))
		if err != nil || strings.Join(got, " ") != strings.Join(words, " ") {
			t.Errorf("the words are others, %v", err)
		}
		if _, err := p.Words([]byte("wrong")); err == nil {
			t.Error("a wrong passphrase shows the words")
		}
	}
	shut(t, p)
	again := opened(t)(profile.Open(t.Context(), root, "alice", []byte("last")))
	wantSame(t, again.Card(), want)
	wantEntries(t, filepath.Join(root, "alice"), "addresses", "keys", "lock", "store.db", "store.db-wal")
}
