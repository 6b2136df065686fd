package store

import (
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// maxPending bounds what is collected of a log, in bytes.
const maxPending = 256 << 10

// collectedLog collects what is written to a log, and writes it when it is flushed
// or read. SQLite writes every page there in two pieces, neither of which begins or
// ends with a block: without this, each block is read, decrypted, changed, encrypted
// and written three times.
//
// Nothing is acknowledged before a flush, so nothing that was acknowledged waits
// here; an error in writing comes with the flush.
type collectedLog struct{ vfs.VFS }

func (v collectedLog) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	file, flags, err := vfsutil.WrapOpenFilename(v.VFS, name, flags)
	if err == nil && flags&vfs.OPEN_WAL != 0 {
		file = &logFile{File: file}
	}
	return file, flags, err
}

// logFile is a file with what is yet to be written to it, which is in one piece.
type logFile struct {
	vfs.File
	pending []byte
	at      int64 // where it belongs
}

func (f *logFile) WriteAt(b []byte, offset int64) (int, error) {
	follows := offset == f.at+int64(len(f.pending)) && len(f.pending)+len(b) <= maxPending
	if !follows {
		if err := f.writePending(); err != nil {
			return 0, err
		}
		f.at = offset
	}
	f.pending = append(f.pending, b...)
	return len(b), nil
}

// writePending writes what has been collected. If that fails, it is forgotten:
// SQLite undoes the transaction that it belongs to.
func (f *logFile) writePending() error {
	if len(f.pending) == 0 {
		return nil
	}
	_, err := f.File.WriteAt(f.pending, f.at)
	f.pending = f.pending[:0]
	return err
}

func (f *logFile) ReadAt(b []byte, offset int64) (int, error) {
	if err := f.writePending(); err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, offset)
}

func (f *logFile) Truncate(size int64) error {
	if err := f.writePending(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *logFile) Sync(flags vfs.SyncFlag) error {
	if err := f.writePending(); err != nil {
		return err
	}
	return f.File.Sync(flags)
}

func (f *logFile) Size() (int64, error) {
	if err := f.writePending(); err != nil {
		return 0, err
	}
	return f.File.Size()
}

// Close drops what was never flushed, which no transaction depends on.
func (f *logFile) Close() error {
	clear(f.pending[:cap(f.pending)])
	return f.File.Close()
}
