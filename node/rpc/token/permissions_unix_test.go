//go:build unix

package token_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/rpc/token"
)

func TestFileThatOthersCanReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if _, err := token.LoadOrCreate(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := token.LoadOrCreate(path); !errors.Is(err, token.ErrPermissions) {
		t.Errorf("error is %v, want ErrPermissions", err)
	}
}
