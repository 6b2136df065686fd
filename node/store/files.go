package store

import (
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
)

// wholeBlocks are files that end with a whole block. A crash, or a disk that fills
// up, can leave a part of one at the end. The encryption cannot read it, and fails
// where SQLite expects what an incomplete log is, nothing: the database would not
// open again.
//
// They have no shared memory, so that SQLite can have none.
type wholeBlocks struct{ vfs.VFS }

func (v wholeBlocks) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	file, flags, err := vfsutil.WrapOpenFilename(v.VFS, name, flags)
	if err != nil {
		return nil, flags, err
	}
	return wholeFile{file}, flags, nil
}

type wholeFile struct{ vfs.File }

func (f wholeFile) Size() (int64, error) {
	size, err := f.File.Size()
	return size - size%blockSize, err
}

func (f wholeFile) LockState() vfs.LockLevel  { return vfsutil.WrapLockState(f.File) }
func (f wholeFile) HasMoved() (bool, error)   { return vfsutil.WrapHasMoved(f.File) }
func (f wholeFile) SizeHint(size int64) error { return vfsutil.WrapSizeHint(f.File, size) }
