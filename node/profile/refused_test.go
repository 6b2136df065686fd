package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// Each damage has an error of its own, and nothing is modified.
func TestDamagedProfiles(t *testing.T) {
	t.Parallel()
	other := create(t, t.TempDir(), "other")
	shut(t, other)
	replace := func(name string, content func(b []byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(names ...string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			for _, name := range names {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	foreign := func(name string) func(*testing.T, string) {
		return replace(name, func([]byte) []byte {
			b, err := os.ReadFile(filepath.Join(other.Dir(), name))
			if err != nil {
				t.Error(err)
			}
			return b
		})
	}
	set := func(at int, value byte) func(b []byte) []byte {
		return func(b []byte) []byte { b[at] = value; return b }
	}
	cut := func(n int) func(b []byte) []byte { return func(b []byte) []byte { return b[:n] } }
	for name, tt := range map[string]struct {
		damage   func(*testing.T, string)
		want     error
		text     string // that the message has in it
		readable bool   // by Read, which does not look into the database
	}{
		"no folder":             {remove("keys", "addresses", "store.db", "lock", "."), profile.ErrNotFound, "no such profile", false},
		"nothing of a profile":  {remove("keys", "addresses", "store.db"), profile.ErrNotFound, "no such profile", false},
		"key file missing":      {remove("keys"), profile.ErrIncomplete, "key file is missing", false},
		"database missing":      {remove("store.db"), profile.ErrIncomplete, "database is missing", false},
		"list missing":          {remove("addresses"), profile.ErrIncomplete, "list of onion keys is missing", false},
		"key file changed":      {replace("keys", set(60, 7)), vault.ErrDamaged, "key file is damaged", false},
		"key file cut off":      {replace("keys", cut(80)), vault.ErrDamaged, "key file is damaged", false},
		"key file empty":        {replace("keys", cut(0)), vault.ErrDamaged, "key file is damaged", false},
		"key file newer":        {replace("keys", set(8, 2)), vault.ErrNewer, "newer version", false},
		"list changed":          {replace("addresses", set(40, 7)), profile.ErrDamaged, "damaged", false},
		"list cut off":          {replace("addresses", cut(40)), profile.ErrDamaged, "damaged", false},
		"list empty":            {replace("addresses", cut(0)), profile.ErrDamaged, "damaged", false},
		"list newer":            {replace("addresses", set(8, 2)), profile.ErrNewer, "newer version", false},
		"list of another":       {foreign("addresses"), profile.ErrDamaged, "another key file", false},
		"database of another":   {foreign("store.db"), store.ErrKey, "other keys", true},
		"database cut off":      {replace("store.db", cut(8192)), store.ErrDamaged, "damaged", true},
		"database empty":        {replace("store.db", cut(0)), store.ErrDamaged, "damaged", true},
		"database in ruins":     {replace("store.db", func(b []byte) []byte { clear(b); return b }), store.ErrKey, "damaged", true},
		"key file of another":   {foreign("keys"), profile.ErrDamaged, "another key file", false},
		"list is a folder":      {turnIntoFolder("addresses"), profile.ErrDamaged, "not a file", false},
		"key file is a folder":  {turnIntoFolder("keys"), vault.ErrDamaged, "not a file", false},
		"database is a folder":  {turnIntoFolder("store.db"), store.ErrDamaged, "not a file", true},
		"profile is just files": {turnIntoFile, profile.ErrNotFound, "no such profile", false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			p := create(t, root, "alice")
			shut(t, p)
			tt.damage(t, p.Dir())
			before := snapshot(t, root)
			_, err := profile.Open(t.Context(), root, "alice", []byte("secret"))
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("open: error is %v, want %v with %q", err, tt.want, tt.text)
			}
			_, err = profile.Read(root, "alice", []byte("secret"))
			if !tt.readable && !errors.Is(err, tt.want) || tt.readable && err != nil {
				t.Errorf("read: error is %v, want %v", err, tt.want)
			}
			wantSnapshot(t, root, before)
		})
	}
}

func turnIntoFolder(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func turnIntoFile(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
