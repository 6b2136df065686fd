package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

// SendFile offers a file, given by an absolute path, which has to stay where and as it
// is until it has arrived. It reads the file once, for its hash. It fails with
// ErrNotFound, ErrState, ErrLimit, or ErrInvalid if that is no file to be sent.
func (n *Node) SendFile(ctx context.Context, id ledger.ConversationID, path string) (File, error) {
	if !filepath.IsAbs(path) {
		return File{}, fmt.Errorf("%w: the path of a file has to be absolute", ErrInvalid)
	}
	source, err := download.Open(path)
	if err != nil {
		return File{}, fileError(err)
	}
	defer source.Close()
	hash, err := source.Hash(ctx, nil)
	if err != nil {
		return File{}, fileError(err)
	}
	var f ledger.File
	err = n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		f, err = e.OfferFile(now, id, engine.NewFile{
			Path: path, Modified: source.Modified(), Name: download.Name(source.Name()), Type: mediaType(path),
			Size: source.Layout().Size(), Hash: hash,
		})
		return err
	})
	return fileOf(f), err
}

// fileError names what is wrong with a file or a folder that somebody has named.
func fileError(err error) error {
	for _, wrong := range []error{
		fs.ErrNotExist, fs.ErrPermission, download.ErrNotRegular, download.ErrTooLarge, download.ErrChanged, download.ErrFolder,
	} {
		if errors.Is(err, wrong) {
			return fmt.Errorf("%w: %w", ErrInvalid, wrong)
		}
	}
	return err
}

// AcceptFile takes an offered file into a folder, given by an absolute path, or that of
// the settings if it is empty. Its name is made harmless, and nothing is overwritten.
// It fails with ErrNotFound, ErrState, ErrInvalid, or if there is no room.
func (n *Node) AcceptFile(ctx context.Context, number ledger.FileNumber, folder string) error {
	return n.acceptFile(ctx, number, folder, 0)
}

// acceptFile is AcceptFile if the file leaves so many bytes on the disk.
func (n *Node) acceptFile(ctx context.Context, number ledger.FileNumber, folder string, more uint64) error {
	f, err := n.fileRow(ctx, number)
	if err != nil {
		return err
	}
	if folder == "" {
		s, err := n.Settings(ctx)
		if err != nil {
			return err
		}
		if folder = s.Downloads; folder != "" && folder == n.cfg.Downloads {
			_ = os.MkdirAll(folder, 0o700) // if it cannot be made, neither can the file
		}
	}
	if !filepath.IsAbs(folder) {
		return fmt.Errorf("%w: name the folder for the file, by an absolute path", ErrInvalid)
	}
	draft, err := download.Begin(folder, f.Size, more)
	if err != nil {
		return fileError(err)
	}
	path := draft.Path()
	if err := draft.Close(); err != nil {
		return err
	}
	err = n.command(ctx, func(e *engine.Engine, now time.Time) error {
		return e.AcceptFile(now, number, filepath.Join(folder, download.Name(f.Name)), path)
	})
	if err != nil {
		_ = download.Discard(path)
	}
	return err
}

// DeclineFile says no to an offer. It fails with ErrNotFound or ErrState.
func (n *Node) DeclineFile(ctx context.Context, number ledger.FileNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.DeclineFile(now, number) })
}

// PauseFile stops a transfer here, in either direction, until ResumeFile. It fails
// with ErrNotFound or ErrState.
func (n *Node) PauseFile(ctx context.Context, number ledger.FileNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.PauseFile(now, number) })
}

// ResumeFile goes on with it. It fails with ErrNotFound or ErrState.
func (n *Node) ResumeFile(ctx context.Context, number ledger.FileNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.ResumeFile(now, number) })
}

// WithdrawFile calls a transfer off, in either direction; what has come of it is
// removed. It fails with ErrNotFound or ErrState.
func (n *Node) WithdrawFile(ctx context.Context, number ledger.FileNumber) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.WithdrawFile(now, number) })
}

// Files returns the last files of a conversation, or of all if it is 0, whose numbers are
// below before (0: the last ones of all), the latest first, limit at most.
func (n *Node) Files(ctx context.Context, id ledger.ConversationID, before ledger.FileNumber, limit int) (all []File, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		rows, err := tx.FilesBefore(id, before, min(limit, maxPage))
		for _, row := range rows {
			all = append(all, n.fileNow(row))
		}
		return err
	})
	return all, err
}

// File returns one of them, or ErrNotFound.
func (n *Node) File(ctx context.Context, number ledger.FileNumber) (File, error) {
	f, err := n.fileRow(ctx, number)
	return n.fileNow(f), err
}

// fileNow is fileOf with why the file waits, if it does.
func (n *Node) fileNow(f ledger.File) File {
	out := fileOf(f)
	if !f.State.Final() {
		out.Why = n.moves.why(f.Number)
	}
	return out
}

func (n *Node) fileRow(ctx context.Context, number ledger.FileNumber) (f ledger.File, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		f, err = tx.File(number)
		return err
	})
	return f, err
}

func fileOf(f ledger.File) File {
	done := min(f.Chunks*filecrypt.ChunkSize, f.Size)
	if f.State == ledger.Arrived {
		done = f.Size
	}
	return File{
		Number: f.Number, Conversation: f.Conversation, Contact: f.Contact, Incoming: f.Incoming,
		Name: download.Name(f.Name), Type: f.Type, Size: int64(f.Size), Done: int64(done), SHA256: rpc.Hash(f.Hash),
		State: rpc.FileStateName(f.State), Why: f.Why, Path: f.Path, Added: rpc.TimeOf(f.Added), Changed: rpc.TimeOf(f.Changed),
	}
}
