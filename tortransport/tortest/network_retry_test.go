//go:build unix

package tortest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// unlucky is a tor that always finds its port taken, and counts.
const unlucky = `#!/bin/sh
if [ "$1" = --version ]; then echo "Tor version 0.4.9.11."; exit 0; fi
echo x >>"$(dirname "$0")/starts"
echo "[warn] Could not bind to 127.0.0.1:1: Address already in use. Is Tor already running?"
exit 1
`

func TestTakenPortIsRetried(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "tor")
	if err := os.WriteFile(binary, []byte(unlucky), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := tortest.Start(t.Context(), tortest.Config{TorBinary: binary})
	if err == nil || !strings.Contains(err.Error(), "already in use") {
		t.Errorf("Start = %v", err)
	}
	starts, err := os.ReadFile(filepath.Join(dir, "starts"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(starts), "x"); n != 3 {
		t.Errorf("%d starts, want 3", n)
	}
}
