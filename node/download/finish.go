package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// maxNumber bounds the search for a name that is free.
const maxNumber = 10_000

var errIncomplete = errors.New("file is not complete")

// Verify reads the whole file back and compares its SHA-256 with the one that was
// offered. progress, unless it is nil, is told from time to time how many bytes are
// read. Verify fails with ErrHash, or the cause of the context.
func (d *Draft) Verify(ctx context.Context, want [32]byte, progress func(done uint64)) error {
	if d.file == nil {
		return fs.ErrClosed
	}
	info, err := d.file.Stat()
	switch {
	case err != nil:
		return err
	case d.next < d.layout.Chunks():
		return errIncomplete
	case uint64(info.Size()) != d.layout.Size():
		return ErrHash
	}
	got, err := hash(ctx, io.NewSectionReader(d.file, 0, info.Size()), progress)
	switch {
	case err != nil:
		return err
	case got != want:
		return ErrHash
	}
	d.verified = true
	return nil
}

// Finish gives a verified file the name that Name makes of name, in the folder of
// the draft, and returns its path. If that name is taken it is "name (2).ext", and so
// on; nothing is ever replaced, whoever else makes files there. When Finish returns,
// the file survives a power cut.
//
// The draft usually remains as a second name of the same file until Abort, or
// Discard. So if the process ends before the path is stored, Finish does the same
// again and returns the same path. File systems without hard links cannot do that.
//
// Finish fails with ErrReadOnly or ErrFull, and may be tried again then.
func (d *Draft) Finish(name string) (string, error) {
	if !d.verified {
		return "", errIncomplete
	}
	if d.file != nil {
		if err := d.file.Sync(); err != nil {
			return "", durable.Explain(err)
		}
		if err := d.closeFile(); err != nil {
			return "", err
		}
	}
	name = Name(name)
	for number := 1; number <= maxNumber; number++ {
		free := name
		if number > 1 {
			free = suffixed(name, fmt.Sprintf(" (%d)", number))
		}
		err := d.publish(free)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = d.syncFolder()
		}
		if err != nil {
			return "", durable.Explain(err)
		}
		return filepath.Join(d.folder, free), nil
	}
	return "", fmt.Errorf("no name is free: %w", fs.ErrExist)
}

// publish gives the draft a name, and fails with fs.ErrExist if something else has
// it. Both ways of doing so are atomic towards everybody who makes files.
func (d *Draft) publish(name string) error {
	err := link(d.root, d.name, name)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		if d.is(name) { // from before the process ended
			return nil
		}
		return err
	}
	// No hard links here (FAT), or they are forbidden (Android): an empty file of our
	// own takes the name, and is replaced.
	placeholder, createErr := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if createErr != nil {
		return createErr
	}
	placeholder.Close()
	if err := d.root.Rename(d.name, name); err != nil {
		return errors.Join(err, d.root.Remove(name))
	}
	return nil
}

// link is replaced by tests.
var link = (*os.Root).Link

// is reports whether a name in the folder is one of the draft.
func (d *Draft) is(name string) bool {
	draft, err := d.root.Lstat(d.name)
	if err != nil {
		return false
	}
	other, err := d.root.Lstat(name)
	return err == nil && os.SameFile(draft, other)
}
