package qr_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
)

// Who opens a pipe that nobody writes to waits for ever.
func TestPipeIsNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := qr.Read(pipe); !errors.Is(err, qr.ErrImage) {
		t.Errorf("error %v for a pipe", err)
	}
}
