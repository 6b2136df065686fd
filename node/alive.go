package node

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/multiformats/go-multistream"

	"github.com/onionwire/onionwire/node/engine"
)

// keepAlive asks the other side of a link for a sign of life whenever it is quiet, and
// ends the link, with its connection, if none comes.
func (n *Node) keepAlive(l *link) {
	patience := n.cfg.patience.quiet
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-timer.C:
		}
		quiet := n.uptime() - time.Duration(l.heard.Load())
		if quiet >= patience {
			if _, err := n.sign(l.ctx, l); err != nil {
				return
			}
			quiet = 0
		}
		timer.Reset(patience - quiet)
	}
}

// sign asks the other side of a link for a sign of life, and returns how long that took
// there and back. If none comes, the link has ended, with its connection. The end of ctx
// leaves it as it is.
func (n *Node) sign(ctx context.Context, l *link) (time.Duration, error) {
	trip, err := pingOn(ctx, l.stream.Conn(), n.cfg.patience.answer)
	if err != nil {
		if ctx.Err() == nil {
			l.cancel(fmt.Errorf("no sign of life: %w", err))
			_ = l.stream.Conn().Close() // the next link shall not use it
		}
		return 0, err
	}
	l.heard.Store(int64(n.uptime()))
	l.trip.Store(int64(trip))
	if l.proven.Load() > 0 { // a ping alone proves no contact
		l.proven.Store(l.heard.Load())
	}
	_ = n.do(ctx, func(e *engine.Engine, now time.Time) error {
		e.Pinged(now, l.id)
		return nil
	})
	return trip, nil
}

// overdue reports whether nothing has come on a link for longer than on one that works: there
// something comes at least every quiet, and a trip later. A slow link is known to be slow by
// the last sign of life, so that it is not overdue again and again.
func (n *Node) overdue(l *link) bool {
	late := max(n.cfg.patience.late, 2*time.Duration(l.trip.Load()))
	return n.uptime()-time.Duration(l.proven.Load()) > n.cfg.patience.quiet+late
}

// pingOn pings over one connection: libp2p's own service chooses one itself.
func pingOn(ctx context.Context, conn network.Conn, within time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	s, err := conn.NewStream(ctx)
	if err != nil {
		return 0, err
	}
	defer s.Reset() //nolint:errcheck // there is nothing to lose
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	defer stop()
	lazy := multistream.NewMSSelect(s, ping.ID)
	var sent, got [ping.PingSize]byte
	if _, err := rand.Read(sent[:]); err != nil {
		return 0, err
	}
	began := time.Now()
	if _, err := lazy.Write(sent[:]); err != nil {
		return 0, err
	}
	if _, err := io.ReadFull(lazy, got[:]); err != nil {
		return 0, err
	}
	if subtle.ConstantTimeCompare(sent[:], got[:]) != 1 {
		return 0, errors.New("the answer to a ping is another one")
	}
	return time.Since(began), nil
}
