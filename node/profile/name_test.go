package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func TestNamesThatCannotBe(t *testing.T) {
	root := t.TempDir()
	open := vault.WithoutPassphrase()
	for _, name := range []string{
		"", ".", "..", "a/b", "../a", `a\b`, "-a", ".a", "a b", " a", "a\n", "a\x00", "ä", "a.b", "~", "$HOME",
		strings.Repeat("a", 65), "con", "NUL", "Com1", "lpt9", "aux", "prn", ".new-1",
	} {
		for what, call := range map[string]func() error{
			"create":    func() error { _, err := profile.Create(t.Context(), root, name, open); return err },
			"restore":   func() error { _, err := profile.Restore(t.Context(), root, name, zeroWords, open); return err },
			"import":    func() error { _, err := profile.Import(t.Context(), root, name, nil, nil, open); return err },
			"open":      func() error { _, err := profile.Open(t.Context(), root, name, nil); return err },
			"read":      func() error { _, err := profile.Read(root, name, nil); return err },
			"protected": func() error { _, err := profile.Protected(root, name); return err },
			"socket":    func() error { _, err := profile.SocketPath(root, name); return err },
			"delete":    func() error { return profile.Delete(root, name) },
			"check":     func() error { return profile.CheckName(name) },
		} {
			if err := call(); !errors.Is(err, profile.ErrName) {
				t.Errorf("%s %q: error is %v, want ErrName", what, name, err)
			}
		}
	}
	wantEntries(t, root)
}

func TestNamesThatCanBe(t *testing.T) {
	for _, name := range []string{"a", "A_b-1", "_", "0", strings.Repeat("a", 64), "console", "com10", "lock", "tor"} {
		if err := profile.CheckName(name); err != nil {
			t.Error(err)
		}
	}
}

func TestTheListOfProfiles(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if names, err := profile.Names(root); err != nil || len(names) != 0 {
		t.Errorf("without a folder there are %q, %v", names, err)
	}
	for _, name := range []string{"lock", "bob", "alice"} {
		create(t, root, name)
	}
	for _, other := range []string{"not a name", ".new-1", "pictures"} {
		if err := os.MkdirAll(filepath.Join(root, other, "tor"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(root, "bob", profile.KeyFile)); err != nil {
		t.Fatal(err)
	}
	names, err := profile.Names(root)
	if err != nil || strings.Join(names, " ") != "alice bob lock" {
		t.Errorf("there are %q, %v", names, err)
	}
	if _, err := profile.Names(filepath.Join(root, "file")); err == nil {
		t.Error("a file has a list of profiles")
	}
}
