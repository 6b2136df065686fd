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
			if err := pingOn(l.ctx, l.stream.Conn(), n.cfg.patience.answer); err != nil {
				l.cancel(fmt.Errorf("no sign of life: %w", err))
				_ = l.stream.Conn().Close() // the next link shall not use it
				return
			}
			l.heard.Store(int64(n.uptime()))
			if l.proven.Load() > 0 { // a ping alone proves no contact
				l.proven.Store(l.heard.Load())
			}
			_ = n.do(l.ctx, func(e *engine.Engine, now time.Time) error {
				e.Pinged(now, l.id)
				return nil
			})
			quiet = 0
		}
		timer.Reset(patience - quiet)
	}
}

// pingOn pings over one connection: libp2p's own service chooses one itself.
func pingOn(ctx context.Context, conn network.Conn, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	s, err := conn.NewStream(ctx)
	if err != nil {
		return err
	}
	defer s.Reset() //nolint:errcheck // there is nothing to lose
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	defer stop()
	lazy := multistream.NewMSSelect(s, ping.ID)
	var sent, got [ping.PingSize]byte
	if _, err := rand.Read(sent[:]); err != nil {
		return err
	}
	if _, err := lazy.Write(sent[:]); err != nil {
		return err
	}
	if _, err := io.ReadFull(lazy, got[:]); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(sent[:], got[:]) != 1 {
		return errors.New("the answer to a ping is another one")
	}
	return nil
}
