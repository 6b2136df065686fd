package node

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/internal/disk"
)

const (
	// minFree is how much has to be left on the disk of the profile for anything to be
	// read from others: without room for its database a node ends, and it must not be
	// others who bring that about.
	minFree = 256 << 20
	// unaskedFree is how much a file leaves on its disk that nobody was asked about.
	unaskedFree = 1 << 30
	// roomPause is the least time between two looks at the disk.
	roomPause = time.Second
)

// room holds up what comes in while the disk of the profile is nearly full. As with a
// contact who sends too fast, it is not read: it waits at whoever sends it, and nothing
// of it is lost.
type room struct {
	folder string
	log    *slog.Logger

	mu     sync.Mutex
	looked time.Time
	little bool
}

// mayRead waits until another cell may be read from a peer with some pace.
func (n *Node) mayRead(ctx context.Context, p *pace) error {
	if err := p.wait(ctx); err != nil {
		return err
	}
	return n.room.wait(ctx)
}

// wait waits until there is room for something from others.
func (r *room) wait(ctx context.Context) error {
	for r.scarce() {
		if !sleep(ctx, roomPause) {
			return ctx.Err()
		}
	}
	return nil
}

// scarce reports whether there is none.
func (r *room) scarce() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.looked.IsZero() && time.Since(r.looked) < roomPause {
		return r.little
	}
	free, known := disk.Available(r.folder)
	little := known && free < minFree
	switch {
	case little && !r.little:
		r.log.Warn("the disk is nearly full: nothing is read from others until it is not", "free_mib", free>>20)
	case !little && r.little:
		r.log.Info("the disk has room again")
	}
	r.looked, r.little = time.Now(), little
	return little
}
