package profile_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
)

// Nothing in the folder says who the profile is, whatever was done with it.
func TestNoFileNamesTheIdentity(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "bartholomew")
	words, err := p.Words([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewOnionKey(); err != nil {
		t.Fatal(err)
	}
	if err := addBob(p); err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{
		"name":            []byte("bartholomew"),
		"root":            []byte(filepath.Base(filepath.Dir(root))),
		"contact":         []byte("Bob Bobson"),
		"message":         []byte("behind the old mill"),
		"words":           []byte(strings.Join(words[:4], " ")),
		"passphrase":      []byte("a long passphrase"),
		"identity key":    p.IdentityKey().Seed(),
		"public key":      p.IdentityKey()[32:],
		"peer ID":         []byte(p.Peer()),
		"peer ID as text": []byte(p.Peer().String()),
		"link":            []byte(p.Link().String()),
	}
	for _, key := range p.OnionKeys() {
		id := key.Address().ServiceID()
		secrets["onion key "+id[:4]] = key.Seed()
		secrets["onion public key "+id[:4]] = key.Address().PublicKey()
		secrets["onion address "+id[:4]] = []byte(id)
	}
	look := func(when string) {
		t.Helper()
		for path, content := range everything(t, p.Dir()) {
			for what, secret := range secrets {
				for _, form := range forms(secret) {
					if strings.Contains(content, form) {
						t.Errorf("%s, the %s is in %s", when, what, filepath.Base(path))
					}
				}
			}
		}
	}
	look("while it is open")
	if err := p.ChangePassphrase([]byte("secret"), sealed(t, "a long passphrase")); err != nil {
		t.Fatal(err)
	}
	look("under another passphrase")
	if err := p.RetireOnionKey(p.OnionKeys()[1].Address()); err != nil {
		t.Fatal(err)
	}
	look("with another address")
	shut(t, p)
	look("when it is closed")
	if _, err := profile.Read(root, "bartholomew", []byte("a long passphrase")); err != nil {
		t.Fatal(err)
	}
	look("when it was read")
}

// forms are the ways in which a secret could be written.
func forms(secret []byte) []string {
	all := []string{string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret))}
	all = append(all, strings.TrimRight(base32.StdEncoding.EncodeToString(secret), "=")[:8])
	// Not to the end, where it depends on what follows.
	return append(all, base64.StdEncoding.EncodeToString(secret)[:8])
}

// everything is the content of all files of a profile, the lock among them, and their
// names.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := snapshot(t, dir)
	all["names"] = strings.Join(entries(t, dir), " ")
	return all
}

// Two profiles of one identity have nothing in common that shows on the disk either.
func TestFilesOfOneIdentityDiffer(t *testing.T) {
	var contents []map[string]string
	for range 2 {
		p := opened(t)(profile.Restore(t.Context(), t.TempDir(), "alice", zeroWords, sealed(t, "secret")))
		shut(t, p)
		contents = append(contents, map[string]string{})
		for path, content := range snapshot(t, p.Dir()) {
			contents[len(contents)-1][filepath.Base(path)] = content
		}
	}
	for name, content := range contents[0] {
		other := contents[1][name]
		if len(other) != len(content) {
			t.Errorf("%s has %d bytes here and %d there", name, len(content), len(other))
		}
		there := make(map[string]bool)
		for at := 0; at+16 <= len(other); at++ {
			there[other[at:at+16]] = true
		}
		for at := 48; at+16 <= len(content); at += 16 { // behind what says what the file is
			if there[content[at:at+16]] {
				t.Errorf("%s has something in common at %d", name, at)
			}
		}
	}
}
