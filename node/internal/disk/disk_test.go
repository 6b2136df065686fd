package disk_test

import (
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/internal/disk"
)

func TestAvailable(t *testing.T) {
	if free, known := disk.Available(t.TempDir()); known && (free == 0 || free > 1<<60) {
		t.Errorf("there are %d bytes", free)
	}
	if _, known := disk.Available(filepath.Join(t.TempDir(), "gone")); known {
		t.Error("a folder that is not there has room")
	}
}
