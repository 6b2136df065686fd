package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

const (
	// writeTimeout bounds the sending of one cell. It is long: a peer that reads
	// slowly makes us wait on purpose.
	writeTimeout = 2 * time.Minute
	// closeTimeout bounds how long a link that is closed in good order is read to
	// its end.
	closeTimeout = 10 * time.Second
	// farewellTime bounds the wait for the other side to see that we leave: most
	// round trips, and what a user who quits does not mind.
	farewellTime = time.Second
)

// errEnded means that the engine, or the node, wants no more of a link.
var errEnded = errors.New("the link is not needed any more")

// link is a chat stream, past its handshake.
type link struct {
	id     engine.LinkID
	peer   string
	stream network.Stream
	conn   *wire.Conn
	pace   *pace
	heard  atomic.Int64 // when something was last read: the node's uptime, which no clock moves
	proven atomic.Int64 // the same for what only the contact can have sent
	trip   atomic.Int64 // how long the last sign of life took there and back

	ctx    context.Context // ends when the link is reset
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	queue   [][]byte      // cells to write; the engine bounds them
	orderly bool          // no more will be written
	more    chan struct{} // tells the writer to look
}

// links are the links that are up.
type links struct {
	ctx    context.Context // outlives the node's by the farewell
	cancel context.CancelFunc
	mu     sync.Mutex
	byID   map[engine.LinkID]*link
	fewer  chan struct{} // tells the farewell that a link has gone
}

func (ls *links) init() {
	ls.ctx, ls.cancel = context.WithCancel(context.Background())
	ls.byID = make(map[engine.LinkID]*link)
	ls.fewer = make(chan struct{}, 1)
}

func (n *Node) newLink(s network.Stream, conn *wire.Conn) *link {
	l := &link{
		id: engine.LinkID(n.lastID.Add(1)), peer: string(s.Conn().RemotePeer()), stream: s, conn: conn,
		pace: n.gate.pace(string(s.Conn().RemotePeer())), more: make(chan struct{}, 1),
	}
	l.heard.Store(int64(n.uptime()))
	l.ctx, l.cancel = context.WithCancelCause(n.links.ctx)
	return l
}

// add makes a link one that the engine can write on.
func (ls *links) add(l *link) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.byID[l.id] = l
}

func (ls *links) remove(id engine.LinkID) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.byID, id)
	select {
	case ls.fewer <- struct{}{}:
	default:
	}
}

func (ls *links) get(id engine.LinkID) *link {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.byID[id]
}

// all returns the links that are up.
func (ls *links) all() []*link {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	var all []*link
	for _, l := range ls.byID {
		all = append(all, l)
	}
	return all
}

// proven returns when, in the node's uptime, a peer last gave a sign of life on a link
// that is up, or 0.
func (ls *links) proven(peer string) (last time.Duration) {
	for _, l := range ls.all() {
		if at := time.Duration(l.proven.Load()); l.peer == peer {
			last = max(last, at)
		}
	}
	return last
}

// write gives a link a cell, and never waits.
func (ls *links) write(id engine.LinkID, cell []byte) {
	l := ls.get(id)
	if l == nil {
		return
	}
	l.mu.Lock()
	l.queue = append(l.queue, cell)
	l.mu.Unlock()
	l.look()
}

// close ends a link: in good order, or at once.
func (ls *links) close(id engine.LinkID, orderly bool) {
	l := ls.get(id)
	switch {
	case l == nil:
	case orderly:
		l.leave()
	default:
		l.cancel(errEnded)
	}
}

// leave lets the writer end when it has nothing more to write.
func (l *link) leave() {
	l.mu.Lock()
	l.orderly = true
	l.mu.Unlock()
	l.look()
}

func (l *link) look() {
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// next returns the next cell to write, or whether there will be none.
func (l *link) next() (cell []byte, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return nil, l.orderly
	}
	cell = l.queue[0]
	l.queue = l.queue[1:]
	return cell, false
}

// serve reads and writes on a link that the engine knows until it ends, and tells the
// engine. first is a cell that has come already, or nil.
func (n *Node) serve(l *link, first []byte) {
	stop := context.AfterFunc(l.ctx, func() { _ = l.stream.Reset() })
	defer stop()
	var others sync.WaitGroup
	others.Go(func() {
		if err := n.writeCells(l); err != nil {
			l.cancel(err)
		}
	})
	others.Go(func() { n.keepAlive(l) })
	l.cancel(n.readCells(l, first))
	others.Wait()
	_ = l.stream.Reset() // after an end in good order it does nothing more
	n.log.Debug("link ended", "reason", context.Cause(l.ctx))
	n.lose(l)
}

// readCells gives the engine what comes, one cell after the other, not faster than a
// contact may send, and while there is room for it: who sends more finds the stream
// full.
func (n *Node) readCells(l *link, cell []byte) error {
	for {
		if cell == nil {
			if err := n.mayRead(l.ctx, l.pace); err != nil {
				return err
			}
			var err error
			if cell, err = l.conn.Read(wire.Cell); err != nil {
				return lost(err)
			}
		}
		l.heard.Store(int64(n.uptime()))
		var items ledger.Cursor
		err := n.do(l.ctx, func(e *engine.Engine, now time.Time) error {
			before := e.Cursor()
			err := e.Receive(now, l.id, cell)
			items = e.Cursor() - before
			if err == nil {
				l.proven.Store(l.heard.Load()) // before anybody is told that the contact is there
			}
			return err
		})
		if err == nil {
			err = l.pace.spend(l.ctx, int(items))
		}
		if err != nil {
			return err
		}
		cell = nil
	}
}

// writeCells writes what the engine has for a link. It returns nil when the link was
// ended in good order.
func (n *Node) writeCells(l *link) error {
	for {
		cell, over := l.next()
		switch {
		case over:
			_ = l.stream.SetReadDeadline(time.Now().Add(closeTimeout))
			return l.stream.CloseWrite()
		case cell == nil:
			select {
			case <-l.more:
				continue
			case <-l.ctx.Done():
				return context.Cause(l.ctx)
			}
		}
		if err := l.stream.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return lost(err)
		}
		if err := l.conn.Write(wire.Cell, cell); err != nil {
			return lost(err)
		}
		err := n.do(l.ctx, func(e *engine.Engine, _ time.Time) error {
			e.Written(l.id, 1)
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// farewell ends all links in good order, so that the other sides see at once that we
// leave, and waits a moment until they have. Tor is often ended right after us, and
// takes with it what it has not sent.
func (n *Node) farewell() {
	deadline := time.Now().Add(farewellTime)
	for _, l := range n.links.all() {
		_ = l.stream.SetDeadline(deadline)
		l.leave()
	}
	timer := time.NewTimer(farewellTime)
	defer timer.Stop()
	for len(n.links.all()) > 0 {
		select {
		case <-timer.C:
			n.links.cancel()
			return
		case <-n.links.fewer:
		}
	}
	n.links.cancel()
}

// lost says why a stream failed.
func lost(err error) error {
	switch {
	case errors.Is(err, wire.ErrFrame):
		return fmt.Errorf("%w: %w", engine.ErrProtocol, err)
	case errors.Is(err, io.EOF):
		// It has left, or its Tor is gone, or ours: nothing tells these apart.
		return errors.New("the connection has ended")
	case errors.Is(err, network.ErrReset):
		return errors.New("the connection was cut")
	default:
		return fmt.Errorf("connection lost: %w", err)
	}
}
