package download

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/onionwire/onionwire/node/internal/disk"
	"github.com/onionwire/onionwire/node/internal/durable"
)

// spare is how much must be left on the disk beside all files, for the database of
// the profile above all, which cannot go on without.
const spare = 32 << 20

// allocateFile is replaced by tests.
var allocateFile = allocate

// promised is what open drafts will need that the disk does not keep for them, in
// bytes. It counts for all folders, for they are on one disk most often: better there
// is said to be no room too early than too late.
var promised struct {
	mu    sync.Mutex
	bytes uint64
}

// reserve makes sure that there is room for the rest of a file of which some bytes
// are there, for all that is promised to others, and for so many bytes more. It fails
// with ErrFull.
func (d *Draft) reserve(length, more uint64) error {
	size := d.layout.Size()
	missing := size - min(size, max(length, allocated(d.file)))
	promised.mu.Lock()
	defer promised.mu.Unlock()
	needed := missing + promised.bytes + more
	if free, known := disk.Available(d.folder); known && missing > 0 && free < needed {
		return fmt.Errorf("%w: %d MiB are left, and %d MiB needed", ErrFull, free>>20, needed>>20)
	}
	err := allocateFile(d.file, size)
	if errors.Is(err, errors.ErrUnsupported) {
		d.promised = size - min(size, length)
		promised.bytes += d.promised
		return nil
	}
	return durable.Explain(err)
}

// keep takes back a part of what was promised: it is written, or not needed.
func (d *Draft) keep(written uint64) {
	promised.mu.Lock()
	defer promised.mu.Unlock()
	written = min(written, d.promised)
	d.promised -= written
	promised.bytes -= written
}

// checkMargin fails with ErrFull if what is left is for others, and is taken from by
// what is written.
func (d *Draft) checkMargin() error {
	promised.mu.Lock()
	mine := d.promised
	promised.mu.Unlock()
	if free, known := disk.Available(d.folder); known && mine > 0 && free < spare {
		return fmt.Errorf("%w: %d MiB are left", ErrFull, free>>20)
	}
	return nil
}

// allocated returns how many bytes of the disk a file has.
func allocated(f *os.File) uint64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return blocksOf(info)
}
