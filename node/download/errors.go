package download

import (
	"errors"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/durable"
)

// What callers may match with errors.Is, besides fs.ErrNotExist.
var (
	// ErrFull means that the disk, or the user's share of it, has no room.
	ErrFull = durable.ErrFull
	// ErrReadOnly means that the folder or the draft cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrFolder means that the folder is not one, or is reached by a symbolic link
	// that was not there before.
	ErrFolder = errors.New("not a folder")
	// ErrDraft means that what is at the path is not a draft of a file.
	ErrDraft = errors.New("not a draft of a file")
	// ErrHash means that the file is not the one that was offered.
	ErrHash = errors.New("file is not the one that was offered")
	// ErrNotRegular means that a path leads to a folder, a symbolic link, a device, a
	// pipe or a socket.
	ErrNotRegular = errors.New("not a regular file")
	// ErrTooLarge means that a file is larger than filecrypt.MaxSize, 10 GiB.
	ErrTooLarge = filecrypt.ErrTooLarge
	// ErrChanged means that a file has changed since it was opened.
	ErrChanged = errors.New("file has changed")
)
