//go:build !linux

package download

import (
	"errors"
	"io/fs"
	"os"
)

// allocate cannot have the disk keep room for a file.
func allocate(*os.File, uint64) error { return errors.ErrUnsupported }

// blocksOf does not know how many bytes of the disk a file has.
func blocksOf(fs.FileInfo) uint64 { return 0 }
