//go:build unix

package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/vault"
)

func TestFilesThatOthersCanReach(t *testing.T) {
	for name, tt := range map[string]struct{ file, folder os.FileMode }{
		"file readable by the group": {0o640, 0o700},
		"file writable by others":    {0o602, 0o700},
		"folder open to others":      {0o600, 0o755},
		"folder open to the group":   {0o600, 0o710},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := created(t, vault.WithoutPassphrase())
			if err := os.Chmod(path, tt.file); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Dir(path), tt.folder); err != nil {
				t.Fatal(err)
			}
			_, err := vault.Open(path, nil)
			if !errors.Is(err, vault.ErrPermissions) {
				t.Fatalf("error is %v, want ErrPermissions", err)
			}
			if !strings.Contains(err.Error(), "chmod go= ") {
				t.Errorf("error %q does not say what to do", err)
			}
		})
	}
}

func TestCreateKeepsOthersOut(t *testing.T) {
	path, _ := created(t, vault.WithoutPassphrase())
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	other := private(t)
	if err := os.Chmod(filepath.Dir(other), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := vault.Create(other, vault.NewKeys(), vault.WithoutPassphrase()); !errors.Is(err, vault.ErrPermissions) {
		t.Errorf("error is %v, want ErrPermissions", err)
	}
}
