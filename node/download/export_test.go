package download

import (
	"errors"
	"os"
	"testing"

	"github.com/onionwire/onionwire/node/internal/disk"
)

// Suffixed puts a suffix between a name and its extension.
func Suffixed(name, suffix string) string { return suffixed(name, suffix) }

// SetAvailable makes every folder have room for so many bytes.
func SetAvailable(t *testing.T, free uint64) {
	t.Helper()
	before := disk.Available
	disk.Available = func(string) (uint64, bool) { return free, true }
	t.Cleanup(func() { disk.Available = before })
}

// SetBoot makes it another start of the system.
func SetBoot(t *testing.T, id string) {
	t.Helper()
	currentBoot = func() string { return id }
	t.Cleanup(func() { currentBoot = boot })
}

// WithoutLinks makes every file system one without hard links.
func WithoutLinks(t *testing.T) {
	t.Helper()
	link = func(*os.Root, string, string) error { return errors.ErrUnsupported }
	t.Cleanup(func() { link = (*os.Root).Link })
}

// FailSync makes flushing fail.
func FailSync(t *testing.T, err error) {
	t.Helper()
	syncFile = func(*os.File) error { return err }
	t.Cleanup(func() { syncFile = (*os.File).Sync })
}

// WithoutAllocation is a disk that keeps no room for files that are not written.
func WithoutAllocation(t *testing.T) {
	t.Helper()
	allocateFile = func(*os.File, uint64) error { return errors.ErrUnsupported }
	t.Cleanup(func() { allocateFile = allocate })
}

// Allocated is how many bytes of the disk a draft has.
func (d *Draft) Allocated() uint64 { return allocated(d.file) }
