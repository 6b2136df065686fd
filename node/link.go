package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

// writeTimeout bounds the sending of one cell. It is long: a peer that reads
// slowly makes us wait on purpose.
const writeTimeout = 2 * time.Minute

const (
	// farewellTime bounds the wait for the other side to see that we leave: most
	// round trips, and what a user who quits does not mind.
	farewellTime = time.Second
	// maxFarewell bounds what the other side may send meanwhile, in bytes.
	maxFarewell = 4 * wire.MaxFrame
)

// ErrProtocol means that the other side broke the protocol: a malformed frame,
// cell or content. The connection has ended for it.
var ErrProtocol = errors.New("the other side does not keep to the protocol")

// errMissing means that the other side has left out a cell. A session would take
// that; but a stream loses nothing.
var errMissing = errors.New("a cell is missing before this one")

// errYield means that this connection gives way to another one.
var errYield = errors.New("another connection takes its place")

// link is an authenticated and encrypted connection of a conversation.
type link struct {
	stream  network.Stream
	conn    *wire.Conn
	session *e2ee.Session // used under the conversation's lock
	knowsUs bool
	began   time.Time
	heard   uint64 // cells that have arrived; guarded by the conversation's lock

	endOnce sync.Once
	ended   chan struct{} // closed when the link is of no use any more
	err     error         // set before ended is closed
}

// ours reports whether we have opened the stream.
func (l *link) ours() bool { return l.stream.Stat().Direction == network.DirOutbound }

// over reports whether the link is of no use any more.
func (l *link) over() bool {
	select {
	case <-l.ended:
		return true
	default:
		return false
	}
}

// farewell waits until the other side has seen that we leave, for a short while.
// Tor is often ended right after us, and takes with it what it has not sent yet;
// the other side would then believe us there until its keepalive fails.
func (l *link) farewell() {
	if errors.Is(l.err, ErrClosed) {
		_, _ = io.CopyN(io.Discard, l.stream, maxFarewell) // its end is the answer
		_ = l.stream.Reset()
	}
}

// discard gives up a link that was never attached.
func (l *link) discard() {
	l.session.Close()
	_ = l.stream.Reset()
}

// end gives the link up for a reason, which the other side does not learn: it
// sees an orderly end if we are leaving, and a reset otherwise. Ending no link
// does nothing. It may block for a moment: no lock may be held.
func (l *link) end(reason error) {
	if l == nil {
		return
	}
	l.endOnce.Do(func() {
		l.err = reason
		close(l.ended)
		if errors.Is(reason, ErrClosed) {
			// Whoever is in Read or Write gets no longer than the farewell does.
			_ = l.stream.SetDeadline(time.Now().Add(farewellTime))
			_ = l.stream.CloseWrite()
		} else {
			_ = l.stream.Reset()
		}
	})
}

// attach makes l the connection of the conversation. It returns the one before,
// if there is one, for the caller to end. c.mu is held.
func (c *Conversation) attach(l *link) (old *link) {
	old = c.link
	c.link = l
	c.engine.Connected()
	if old == nil || old.knowsUs != l.knowsUs {
		c.emit(Connected{KnowsUs: l.knowsUs})
	}
	c.wake()
	return old
}

// run sends and receives on a link that is attached, and returns when it has
// ended.
func (c *Conversation) run(l *link) {
	c.node.log.Debug("connected", "peer", c.peer.ShortString())
	stop := context.AfterFunc(c.ctx, func() { l.end(ErrClosed) })
	defer stop()
	var writer sync.WaitGroup
	writer.Go(func() {
		l.end(c.write(l))
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wake() // reading may be waiting for the user
	})
	l.end(c.read(l))
	writer.Wait()
	l.farewell()

	c.mu.Lock()
	defer c.mu.Unlock()
	l.session.Close()
	if c.link == l {
		c.link = nil
		c.engine.Disconnected()
		c.emit(Disconnected{l.err})
	}
}

// write sends what the engine wants sent until the link ends.
func (c *Conversation) write(l *link) error {
	for {
		cell, changed, err := c.nextCell(l)
		if err != nil {
			return err
		}
		if cell == nil {
			select {
			case <-changed:
				continue
			case <-l.ended:
				return l.err
			}
		}
		if err := l.stream.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return lost(err)
		}
		if l.over() {
			return l.err // end has set a deadline of its own, before this one
		}
		if err := l.conn.Write(wire.Cell, cell); err != nil {
			return lost(err)
		}
	}
}

// nextCell seals the next content, or returns no cell and the channel that the
// next change closes.
func (c *Conversation) nextCell(l *link) ([]byte, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != l {
		return nil, nil, errYield
	}
	wasCongested := c.engine.Congested()
	content, ok := c.engine.Next()
	if !ok {
		return nil, c.changed, nil
	}
	if wasCongested {
		c.wake()
	}
	cell, err := l.session.Seal(content)
	return cell, nil, err
}

// read receives until the link ends. It reads no further while the user or our
// own confirmations lag behind: the other side slows down and nothing is lost.
func (c *Conversation) read(l *link) error {
	for {
		err := c.wait(c.ctx, func() bool {
			return c.link != l || l.over() || c.room() && !c.engine.Congested()
		})
		if err != nil {
			return err
		}
		cell, err := l.conn.Read(wire.Cell)
		if err != nil {
			return lost(err)
		}
		if err := c.receive(l, cell); err != nil {
			return err
		}
	}
}

func (c *Conversation) receive(l *link, cell []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != l {
		return errYield
	}
	opened, err := l.session.Open(cell, time.Now())
	if err == nil && opened.Number != l.heard {
		err = errMissing
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	l.heard++
	if err := c.engine.Receive(opened.Content); err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	c.settle()
	c.wake() // there may be something to confirm
	return nil
}

// lost says why a stream failed.
func lost(err error) error {
	switch {
	case errors.Is(err, wire.ErrFrame):
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	case errors.Is(err, io.EOF):
		// It has left, or its Tor is gone, or ours: nothing tells these apart.
		return errors.New("the connection has ended")
	case errors.Is(err, network.ErrReset):
		return errors.New("the connection was cut")
	default:
		return fmt.Errorf("connection lost: %w", err)
	}
}
