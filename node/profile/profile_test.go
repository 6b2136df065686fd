package profile_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func TestAProfileStaysWhatItIs(t *testing.T) {
	root := filepath.Join(t.TempDir(), "not", "there", "yet")
	p := create(t, root, "alice")
	want := p.Card()
	if p.Name() != "alice" || p.Dir() != filepath.Join(root, "alice") || p.TorDir() != filepath.Join(root, "alice", "tor") {
		t.Errorf("profile %q is in %s, its Tor in %s", p.Name(), p.Dir(), p.TorDir())
	}
	wantSame(t, read(t, root, "alice"), want) // while it is open
	words, err := p.Words([]byte("secret"))
	if err != nil || len(words) != vault.WordCount {
		t.Fatalf("%d words, %v", len(words), err)
	}
	identity := p.IdentityKey()
	for range 2 {
		shut(t, p)
		p = open(t, root)
		wantSame(t, p.Card(), want)
		if !p.IdentityKey().Equal(identity) {
			t.Error("another identity key came back")
		}
	}
	wantEntries(t, root, "alice")
}

func TestTheLinkIsThatOfTheKeys(t *testing.T) {
	p := create(t, t.TempDir(), "alice")
	link := p.Link()
	if err := link.Check(); err != nil {
		t.Fatal(err)
	}
	if link.Port != profile.Port || link.Peer != p.Peer() || link.Onion != p.OnionKeys()[0].Address() {
		t.Error("the link leads elsewhere")
	}
	if !link.Peer.MatchesPrivateKey(hostKey(t, p)) {
		t.Error("the peer ID is not that of the identity key")
	}
}

func TestProfilesShareNothing(t *testing.T) {
	root := t.TempDir()
	a, b := create(t, root, "alice"), create(t, root, "bob")
	if a.Peer() == b.Peer() || a.Link().Onion == b.Link().Onion {
		t.Error("two profiles have a key in common")
	}
	if a.TorDir() == b.TorDir() || a.SocketPath() == b.SocketPath() {
		t.Error("two profiles have a file in common")
	}
}

func TestNothingIsPrinted(t *testing.T) {
	p := create(t, t.TempDir(), "alice")
	redacttest.Check(t, p)
	redacttest.Check(t, p.Card())
	redacttest.Check(t, *p.Card())
	if got := fmt.Sprint(p); got != "[redacted]" {
		t.Errorf("it prints as %q", got)
	}
}

func TestClosing(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.IdentityKey() != nil {
		t.Error("there is an identity key")
	}
	if _, err := p.NewOnionKey(); err != profile.ErrClosed {
		t.Errorf("a new key: error is %v, want ErrClosed", err)
	}
	if err := p.RetireOnionKey(p.OnionKeys()[0].Address()); err != profile.ErrClosed {
		t.Errorf("an old key: error is %v, want ErrClosed", err)
	}
	if err := p.ChangePassphrase([]byte("secret"), sealed(t, "new")); err != profile.ErrClosed {
		t.Errorf("another passphrase: error is %v, want ErrClosed", err)
	}
	if err := p.Export(t.Context(), nil, []byte("export"), true); err != profile.ErrClosed {
		t.Errorf("an export: error is %v, want ErrClosed", err)
	}
	open(t, root)
}
