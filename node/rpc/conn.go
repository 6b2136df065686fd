package rpc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// conn is a connection of a client.
type conn struct {
	server *Server
	net    net.Conn
	log    *slog.Logger
	window *window

	ctx    context.Context //nolint:containedctx // the life of the connection
	cancel context.CancelFunc
	// jobs are what is being answered, and subscriptions.
	jobs sync.WaitGroup

	writing sync.Mutex

	// Only the reader changes these, before it begins a job that reads them.
	grant   token.Record
	known   bool // whether grant is set
	strikes int
	// changed is closed when the last request is answered that changes something.
	changed chan struct{}

	subscriptions subscriptions
	flight        flight
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{server: s, net: nc, log: s.log, window: newWindow(), changed: make(chan struct{})}
	close(c.changed)
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	c.subscriptions.begin(c.ctx)
	return c
}

// serve answers until the client is gone or c is cancelled, and leaves nothing.
func (c *conn) serve() {
	var closer sync.WaitGroup
	closer.Go(func() {
		<-c.ctx.Done()
		_ = c.net.Close()
	})
	c.read()
	c.subscriptions.end()
	c.finish()
	c.cancel()
	c.jobs.Wait()
	closer.Wait()
}

// finish waits for what is being answered, for a while: a client may close its side
// and wait for the replies.
func (c *conn) finish() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.jobs.Wait()
	}()
	late := time.NewTimer(farewell)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		c.cancel()
		<-done
	case <-c.ctx.Done():
		<-done
	}
}

// read takes lines until there are no more, or one that ends the connection.
func (c *conn) read() {
	_ = c.net.SetReadDeadline(time.Now().Add(authenticateWithin))
	from := newLines(c.net, MaxLine)
	for {
		line, err := from.next()
		switch {
		case errors.Is(err, errLine):
			c.fail(null, failure(codeRequest, "the line is too long", "a line has 1 MiB at most, and ends with a line feed"))
			return
		case errors.Is(err, io.ErrUnexpectedEOF):
			c.fail(null, failure(codeParse, "the last line has no end", "a line ends with a line feed"))
			return
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			c.log.Debug("client lost", "err", redact.Path(err))
			c.cancel()
			return
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue // whoever types by hand
		}
		requests, batch, wrong := parse(line)
		switch {
		case !c.known:
			if !c.introduce(requests, batch, wrong) {
				return
			}
		case wrong != nil:
			c.fail(null, wrong)
		case !batch && requests[0].method == abandon:
			c.answer(c.ctx, requests, false) // not behind what it is to end
		default:
			c.begin(requests, batch, len(line))
		}
	}
}

// begin answers a line beside others, once there is room. What changes something
// ends before the next request begins, so that a client need not wait for the reply
// to one message to send another after it.
func (c *conn) begin(requests []request, batch bool, size int) {
	changes, apart := false, false
	for _, r := range requests {
		m := methods[r.method]
		changes = changes || m.changes
		apart = apart || m.apart
	}
	before, done := c.changed, make(chan struct{})
	if changes && !apart {
		c.changed = done
	}
	c.window.enter(size)
	ctx, cancel := context.WithCancel(c.ctx)
	remove := c.flight.add(requests, cancel)
	c.jobs.Go(func() {
		defer c.window.leave(size)
		defer cancel()
		defer remove()
		defer close(done)
		if !apart {
			select {
			case <-before:
			case <-c.ctx.Done():
				return
			}
		}
		c.answer(ctx, requests, batch)
	})
}

// introduce answers the first line, which has to show a token, and reports whether
// there can be another.
func (c *conn) introduce(requests []request, batch bool, wrong *Error) bool {
	switch {
	case wrong != nil:
		c.fail(null, wrong)
	case batch:
		c.fail(null, failureOf(ErrUnauthenticated, ""))
	case requests[0].wrong == nil && requests[0].method != authenticate:
		if id := requests[0].id; id != nil {
			c.fail(id, failureOf(ErrUnauthenticated, ""))
		}
	default:
		c.answer(c.ctx, requests, false)
	}
	if c.known {
		_ = c.net.SetReadDeadline(time.Time{})
		return true
	}
	c.strikes++
	return c.strikes < maxStrikes
}

// expire cuts the connection when its token's time is over.
func (c *conn) expire(at time.Time) {
	if at.IsZero() {
		return
	}
	c.jobs.Go(func() {
		over := time.NewTimer(time.Until(at))
		defer over.Stop()
		select {
		case <-c.subscriptions.ctx.Done(): // the client has said its last
		case <-over.C:
			c.cancel()
		}
	})
}

// write sends a line. It waits for a client that does not read.
func (c *conn) write(line []byte) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := c.net.Write(line); err != nil {
		c.cancel() // a line may be there in part
	}
}
