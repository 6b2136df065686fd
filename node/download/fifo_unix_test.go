//go:build unix

package download_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/download"
)

// Nobody writes into the pipe: opening it must not wait for that.
func TestAPipeIsNoSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	check(t, syscall.Mkfifo(path, 0o600))
	_, err := download.Open(path)
	wantErr(t, err, download.ErrNotRegular)
}
