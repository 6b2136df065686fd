package download

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/durable"
)

const (
	// SyncInterval is how much is written before it is flushed to the disk, 4 MiB.
	// That much at most is fetched again after a power cut.
	SyncInterval = 4 << 20

	draftPrefix = ".onionwire-"
	draftSuffix = ".part"
)

// currentBoot is replaced by tests.
var currentBoot = boot

// Draft is a file that is not complete yet. It is for one goroutine at a time.
type Draft struct {
	root   *os.Root // the folder, whatever becomes of its path
	folder string
	name   string
	layout filecrypt.Layout
	file   *os.File // nil once it has its name, or is closed

	next     uint64 // the chunk to be written
	synced   uint64
	verified bool
	promised uint64 // what it needs that the disk does not keep for it
}

// Begin makes an empty draft of a file of size bytes in a folder, for its owner only.
// A folder that is reached by symbolic links is the one that they lead to now. Begin
// fails with ErrFolder, ErrTooLarge, ErrFull if the file would leave less than more
// bytes on the disk, or less than 32 MiB, or ErrReadOnly.
func Begin(folder string, size, more uint64) (*Draft, error) {
	layout, err := filecrypt.NewLayout(size)
	if err != nil {
		return nil, err
	}
	real, err := resolve(folder)
	if err != nil {
		return nil, err
	}
	d, err := newDraft(real, draftName(), layout)
	if err != nil {
		return nil, err
	}
	if err := d.create(max(more, spare)); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Draft) create(more uint64) (err error) {
	d.file, err = d.root.OpenFile(d.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return durable.Explain(err)
	}
	err = d.reserve(0, more)
	if err == nil {
		err = d.syncFolder()
	}
	if err != nil {
		return errors.Join(err, d.Abort())
	}
	return nil
}

// Resume opens the draft of a file of size bytes again. synced is what [Draft.Synced]
// has said of it at some time. If the system has run on since the draft was begun,
// Resume finds more: what the process had written when it ended. It fails with
// fs.ErrNotExist if the draft is gone, ErrDraft, ErrFolder, ErrTooLarge, ErrFull or
// ErrReadOnly.
func Resume(path string, size, synced uint64) (*Draft, error) {
	layout, err := filecrypt.NewLayout(size)
	if err != nil {
		return nil, err
	}
	folder, name, err := splitDraft(path)
	if err != nil {
		return nil, err
	}
	d, err := newDraft(folder, name, layout)
	if err != nil {
		return nil, err
	}
	if err := d.reopen(synced); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Draft) reopen(synced uint64) error {
	before, err := d.root.Lstat(d.name)
	if err != nil {
		return durable.Explain(err)
	}
	if !before.Mode().IsRegular() {
		return ErrDraft
	}
	if d.file, err = d.root.OpenFile(d.name, os.O_RDWR, 0); err != nil {
		return durable.Explain(err)
	}
	info, err := d.file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(before, info) {
		return ErrDraft // somebody has put a link there in between
	}
	length := uint64(info.Size())
	d.next = left(d.layout, length, synced, d.sameBoot())
	d.synced = min(synced, d.next)
	// What follows is not counted: it may be half a chunk, or never have reached the disk.
	length = min(length, d.next*filecrypt.ChunkSize, d.layout.Size())
	if length != uint64(info.Size()) { // it gives up what the disk keeps for the rest
		if err := d.file.Truncate(int64(length)); err != nil {
			return durable.Explain(err)
		}
	}
	return d.reserve(length, spare)
}

// left returns how many chunks a draft of some length has for sure. After a power cut
// a file may have its length and not its contents; what was synced before it has.
func left(layout filecrypt.Layout, length, synced uint64, sameBoot bool) uint64 {
	whole := length / filecrypt.ChunkSize
	data := (layout.Size() + filecrypt.ChunkSize - 1) / filecrypt.ChunkSize
	if length >= layout.Size() {
		whole = data
	}
	if whole < data {
		if sameBoot {
			return whole
		}
		return min(whole, synced)
	}
	// The chunks behind the data are padding, and leave no trace.
	if sameBoot {
		synced = max(synced, data)
	}
	return min(synced, layout.Chunks())
}

// Discard removes a draft that is not open. It is no error if it is gone. Discard
// fails with ErrDraft if the path does not have the name of one, ErrFolder or
// ErrReadOnly.
func Discard(path string) error {
	folder, name, err := splitDraft(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := newDraft(folder, name, filecrypt.Layout{})
	if err != nil {
		return err
	}
	return d.Abort()
}

// newDraft opens the folder of a draft, which is a real one.
func newDraft(folder, name string, layout filecrypt.Layout) (*Draft, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, durable.Explain(err)
	}
	return &Draft{root: root, folder: folder, name: name, layout: layout}, nil
}

// resolve follows the symbolic links in the path of a folder.
func resolve(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", durable.Explain(err)
	}
	info, err := os.Lstat(real)
	switch {
	case err != nil:
		return "", durable.Explain(err)
	case !info.IsDir():
		return "", ErrFolder
	}
	return real, nil
}

// splitDraft takes the path of a draft apart, which has the form that we made it in.
func splitDraft(path string) (folder, name string, err error) {
	folder, name = filepath.Dir(path), filepath.Base(path)
	if !strings.HasPrefix(name, draftPrefix) || !strings.HasSuffix(name, draftSuffix) {
		return "", "", ErrDraft
	}
	real, err := resolve(folder)
	if err != nil {
		return "", "", err
	}
	if real != folder {
		return "", "", ErrFolder
	}
	return folder, name, nil
}

// draftName makes up a name that nobody can guess, and in which no file arrives:
// those begin with no dot. It also says since when the system has been running.
func draftName() string {
	return draftPrefix + rand.Text() + "-" + currentBoot() + draftSuffix
}

// sameBoot reports whether the system has run on since the draft was begun.
func (d *Draft) sameBoot() bool {
	_, began, _ := strings.Cut(strings.TrimPrefix(d.name, draftPrefix), "-")
	now := currentBoot()
	return now != "" && began == now+draftSuffix
}

func (d *Draft) syncFolder() error { return durable.SyncFolder(d.folder) }
