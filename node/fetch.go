package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/tortransport"
)

const (
	// firstPause and lastPause are the waits between two tries to go on with a file
	// while its contact is there.
	firstPause = time.Second
	lastPause  = time.Minute
	// progressPause is how often is told how far a file has come.
	progressPause = 250 * time.Millisecond
	// maxUnknown is how often the sender may say that it has no such file before
	// that is believed: it may not have our answer yet.
	maxUnknown = 8
)

// final reports whether an error with a file does not pass. Others do: the disk is not
// mounted, somebody may not read it now. The file waits then, until it is called off.
func final(err error) bool {
	for _, known := range []error{
		download.ErrChanged, download.ErrHash, download.ErrDraft, download.ErrTooLarge, download.ErrNotRegular,
		transfer.ErrProtocol,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// fetch fetches the rest of a file, however often it is interrupted.
func (n *Node) fetch(ctx context.Context, f ledger.File, limiter *transfer.Limiter) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		draft, err := download.Resume(f.Draft, f.Size, f.Chunks)
		if err == nil {
			n.unstall(f.Number)
			before := draft.Chunks()
			err = n.fetchInto(ctx, f, draft, limiter)
			f.Chunks = draft.Synced()
			if draft.Chunks() > before {
				pause = firstPause
			}
			_ = draft.Close()
		}
		switch {
		case err == nil || ctx.Err() != nil:
			return
		case final(err), errors.Is(err, errLost):
			n.breakFile(f, err)
			return
		}
		n.stall(f, err)
		if !sleep(ctx, pause) {
			return
		}
	}
}

// errLost means that what has come of a file is of no use any more.
var errLost = errors.New("what has come of the file is lost")

// fetchInto fetches the rest of a file, over as many streams as it takes. It returns nil
// when nothing is left to do, otherwise what is wrong with the file or the disk.
func (n *Node) fetchInto(ctx context.Context, f ledger.File, draft *download.Draft, limiter *transfer.Limiter) error {
	pause, unknown := firstPause, 0
	for {
		before := draft.Chunks()
		err := n.fetchOn(ctx, f, draft, limiter)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			return n.finishFile(ctx, f, draft)
		case errors.Is(err, transfer.ErrUnknown):
			if unknown++; unknown >= maxUnknown {
				return fmt.Errorf("%w: %w", errLost, err)
			}
		case errors.Is(err, download.ErrFull): // and others need the room
			return fmt.Errorf("%w: %w", errLost, err)
		case final(err), errors.Is(err, download.ErrReadOnly):
			return err
		}
		n.log.Debug("a file waits", "error", redact.Path(err))
		if draft.Chunks() > before {
			pause, unknown = firstPause, 0
		}
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
		pause = min(2*pause, lastPause)
	}
}

// stall notes why a file does not move at the moment, and tells that something has
// changed about it.
func (n *Node) stall(f ledger.File, why error) {
	reason := reasonOf(why)
	if n.moves.stall(f.Number, reason) {
		n.log.Info("a file waits for its disk", "error", reason)
		n.feed.put(Event{
			Happened: rpc.TimeOf(time.Now()), Kind: rpc.FileStalled, Contact: f.Contact, Conversation: f.Conversation, File: f.Number,
		})
	}
}

func (n *Node) unstall(number ledger.FileNumber) { n.moves.stall(number, "") }

// stall reports whether the reason is another one than before.
func (m *moves) stall(number ledger.FileNumber, reason string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting[number] == reason {
		return false
	}
	if m.waiting == nil {
		m.waiting = make(map[ledger.FileNumber]string)
	}
	if reason == "" {
		delete(m.waiting, number)
	} else {
		m.waiting[number] = reason
	}
	return true
}

// why returns why a file does not move at the moment, if its disk is to blame.
func (m *moves) why(number ledger.FileNumber) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.waiting[number]
}

// errNotThere means that there is no connection to a contact.
var errNotThere = errors.New("the contact is not there")

// fetchOn fetches what it can on one stream.
func (n *Node) fetchOn(ctx context.Context, f ledger.File, draft *download.Draft, limiter *transfer.Limiter) error {
	cipher, err := cipherOf(f)
	if err != nil {
		return err
	}
	defer cipher.Close()
	to, err := n.peerOf(ctx, f.Contact)
	if err != nil {
		return err
	}
	if n.host.Network().Connectedness(to) != network.Connected {
		return errNotThere
	}
	opening, cancel := context.WithTimeout(ctx, n.cfg.patience.handshake)
	defer cancel()
	s, err := tortransport.OpenStream(network.WithNoDial(opening, "connected before"), n.host.Network(), to, transfer.ProtocolID)
	if err != nil {
		return err
	}
	synced := draft.Synced()
	var told time.Time
	return transfer.Fetch(ctx, s, transfer.FetchConfig{
		ID: filecrypt.ID(f.ID), Cipher: cipher, From: draft.Chunks(), Limiter: limiter,
		Write: func(index uint64, data []byte) error {
			if err := draft.WriteChunk(index, data); err != nil {
				return err
			}
			if now := draft.Synced(); now != synced {
				synced = now
				return n.do(ctx, func(e *engine.Engine, _ time.Time) error {
					e.FileWritten(f.Number, synced)
					return nil
				})
			}
			return nil
		},
		Progress: func(p transfer.Progress) { n.progress(f, p, &told) },
	})
}

func cipherOf(f ledger.File) (*filecrypt.Cipher, error) {
	key, err := filecrypt.ParseKey(f.Key)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	return filecrypt.New(key, filecrypt.ID(f.ID), f.Size, nil)
}

func (n *Node) peerOf(ctx context.Context, id ledger.ContactID) (to peer.ID, err error) {
	err = n.do(ctx, func(e *engine.Engine, _ time.Time) error {
		b, err := e.PeerOf(id)
		to = peer.ID(b)
		return err
	})
	return to, err
}

// progress tells how far a file has come, not too often.
func (n *Node) progress(f ledger.File, p transfer.Progress, told *time.Time) {
	now := time.Now()
	if now.Sub(*told) < progressPause && p.Bytes < f.Size {
		return
	}
	*told = now
	left := rpc.Duration(p.Left)
	if p.Left == 0 && p.Bytes < f.Size {
		left = -1
	}
	n.feed.put(Event{
		Happened: rpc.TimeOf(now), Kind: rpc.FileProgress, Contact: f.Contact, Conversation: f.Conversation, File: f.Number,
		Progress: &Progress{Done: int64(p.Bytes), Size: int64(f.Size), Rate: int64(p.Rate), Left: left},
	})
}

// finishFile compares a file that is all there with what was offered, and gives it its
// name.
func (n *Node) finishFile(ctx context.Context, f ledger.File, draft *download.Draft) error {
	if err := draft.Verify(ctx, f.Hash, nil); err != nil {
		return err
	}
	path, err := draft.Finish(f.Name)
	if errors.Is(err, fs.ErrNotExist) { // while it is open, which no other disk makes it
		return fmt.Errorf("%w: %w", errLost, err)
	}
	if err != nil {
		return err
	}
	err = n.do(context.WithoutCancel(ctx), func(e *engine.Engine, now time.Time) error {
		return e.FileArrived(now, f.Number, path)
	})
	if err == nil {
		err = draft.Abort()
	}
	if err != nil {
		n.log.Warn("a file that has arrived leaves something behind", "error", redact.Path(err))
	}
	return nil
}

// breakFile says that a file cannot be completed.
func (n *Node) breakFile(f ledger.File, why error) {
	_ = n.do(n.ctx, func(e *engine.Engine, now time.Time) error {
		return e.FileBroken(now, f.Number, reasonOf(why))
	})
}

// reasonOf says for people why a file is broken: no path, no address.
func reasonOf(err error) string {
	for _, known := range []error{
		download.ErrFull, download.ErrReadOnly, download.ErrHash, download.ErrDraft, download.ErrFolder,
		download.ErrChanged, download.ErrNotRegular, download.ErrTooLarge, transfer.ErrUnknown, transfer.ErrProtocol, errLost,
		fs.ErrNotExist, fs.ErrPermission,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the file cannot be read or written"
}
