package download

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/durable"
)

// Path returns where the draft is, without symbolic links.
func (d *Draft) Path() string { return filepath.Join(d.folder, d.name) }

// Chunks returns how many chunks are written, which is the index of the next. They
// outlive the process.
func (d *Draft) Chunks() uint64 { return d.next }

// Synced returns how many of them outlive a power cut as well.
func (d *Draft) Synced() uint64 { return d.synced }

// WriteChunk writes the file's part in the chunk at index, which must be the next
// one, of the length that the layout says. It flushes what it has written after each
// SyncInterval, and after the last chunk. If it fails, with ErrFull or ErrReadOnly
// perhaps, Chunks says which chunk is to be written next: after a failed flush, the
// first that is not surely on the disk.
func (d *Draft) WriteChunk(index uint64, data []byte) error {
	if d.file == nil {
		return fs.ErrClosed
	}
	chunk, err := d.layout.Chunk(index)
	switch {
	case err != nil:
		return err
	case index != d.next:
		return fmt.Errorf("chunk %d where chunk %d was expected", index, d.next)
	case len(data) != chunk.Data:
		return fmt.Errorf("chunk has %d bytes of the file, not %d", chunk.Data, len(data))
	}
	if len(data) > 0 {
		if _, err := d.file.WriteAt(data, chunk.Offset); err != nil {
			return durable.Explain(err)
		}
	}
	d.next++
	if chunk.Last || (d.next-d.synced)*filecrypt.ChunkSize >= SyncInterval {
		return d.Sync()
	}
	return nil
}

// Sync flushes what was written to the disk. If it fails, what it was to flush is to
// be written again.
func (d *Draft) Sync() error {
	if d.file == nil {
		return fs.ErrClosed
	}
	if d.synced == d.next {
		return nil
	}
	if err := syncFile(d.file); err != nil {
		// The system may have dropped the data, and would not say so a second time.
		d.next = d.synced
		length := min(d.next*filecrypt.ChunkSize, d.layout.Size())
		err = errors.Join(err, d.file.Truncate(int64(length)))
		_ = allocateFile(d.file, d.layout.Size()) // which that has given up; without it, writing fails
		return durable.Explain(err)
	}
	d.keep((d.next - d.synced) * filecrypt.ChunkSize)
	d.synced = d.next
	return d.checkMargin()
}

// syncFile is replaced by tests.
var syncFile = (*os.File).Sync

// Close lets go of the draft, and leaves it where it is. Closing twice is harmless.
func (d *Draft) Close() error {
	err := d.closeFile()
	return errors.Join(err, d.root.Close())
}

func (d *Draft) closeFile() error {
	if d.file == nil {
		return nil
	}
	d.keep(math.MaxUint64)
	f := d.file
	d.file = nil
	return durable.Explain(f.Close())
}

// Abort removes the draft, and closes it. After Finish it removes what is left
// besides the finished file. It is no error if the draft is gone.
func (d *Draft) Abort() error {
	err := d.closeFile() // first: Windows does not remove a file that is open
	if rmErr := d.root.Remove(d.name); rmErr != nil && !errors.Is(rmErr, fs.ErrNotExist) {
		err = errors.Join(err, durable.Explain(rmErr))
	}
	return errors.Join(err, d.root.Close())
}
