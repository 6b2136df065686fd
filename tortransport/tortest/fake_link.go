package tortest

import (
	"context"
	"io"
	"net"
	"time"
)

// fakeLink is one open connection of a Fake. Its context ends with it.
type fakeLink struct {
	net.Conn
	ctx  context.Context
	fake *Fake
}

// open takes charge of a connection. It closes it and returns nil if the fake
// is closed or has too many.
func (f *Fake) open(conn net.Conn) *fakeLink {
	ctx, cancel := context.WithCancel(f.ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	// Close cancels before it looks at the links: none slips through.
	if ctx.Err() != nil || len(f.links) >= fakeMaxLinks {
		cancel()
		conn.Close()
		return nil
	}
	f.links[conn] = cancel
	return &fakeLink{Conn: conn, ctx: ctx, fake: f}
}

// Close ends the connection without waiting for anything.
func (l *fakeLink) Close() error {
	l.fake.mu.Lock()
	defer l.fake.mu.Unlock()
	return l.fake.end(l.Conn)
}

// end closes a connection; the caller holds the lock.
func (f *Fake) end(conn net.Conn) error {
	if cancel, ok := f.links[conn]; ok {
		cancel()
		delete(f.links, conn)
	}
	return conn.Close()
}

// dropLinks closes every connection; the caller holds the lock.
func (f *Fake) dropLinks() {
	for conn := range f.links {
		f.end(conn)
	}
}

// shutdown sends what is left and an end of file, and gives reads a short time
// to finish.
func (l *fakeLink) shutdown() {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
	l.SetReadDeadline(time.Now().Add(fakeLinger))
}

// hangUp closes the connection in such a way that the peer gets all that was
// sent: closing with unread bytes would make the kernel send a reset, which
// may overtake them. The caller must be the only reader.
func (l *fakeLink) hangUp() {
	l.shutdown()
	io.Copy(io.Discard, l.Conn)
	l.Close()
}

// fakeSleep waits for d and reports whether the context is still alive.
func fakeSleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
