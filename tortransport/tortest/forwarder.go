package tortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// chunkSize is how much is read at once, in bytes: a few of tor's cells.
	chunkSize = 16 << 10
	// maxInFlight bounds what is under way on one link in one direction, in
	// bytes. At a delay of a whole second that still allows 4 MiB/s, more than
	// a relay on loopback carries.
	maxInFlight = 4 << 20
	acceptPause = 10 * time.Millisecond
)

// forwarder stands before a relay and makes its links slow: each chunk arrives
// a delay after it was sent, as on a long cable, without a limit to the rate.
type forwarder struct {
	listener net.Listener
	target   string
	delay    time.Duration
	ctx      context.Context // ends with close
	cancel   context.CancelFunc
	links    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]struct{}
}

// newForwarder listens on a free port and forwards to target.
func newForwarder(target string, delay time.Duration) (*forwarder, error) {
	l, err := net.Listen("tcp4", hostPort(0))
	if err != nil {
		return nil, fmt.Errorf("listening for slow links: %w", err)
	}
	f := &forwarder{listener: l, target: target, delay: delay, conns: make(map[net.Conn]struct{})}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.links.Go(f.accept)
	return f, nil
}

func (f *forwarder) port() int { return f.listener.Addr().(*net.TCPAddr).Port }

// close cuts all links and waits for its goroutines.
func (f *forwarder) close() {
	f.cancel()
	f.listener.Close()
	f.mu.Lock()
	f.closed = true
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.links.Wait()
}

func (f *forwarder) accept() {
	for {
		c, err := f.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(acceptPause) // no descriptors left, or a caller that is gone
			continue
		}
		f.links.Go(func() { f.serve(c) })
	}
}

// keep makes close end c. It reports whether the forwarder is still open.
func (f *forwarder) keep(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.conns[c] = struct{}{}
	}
	return !f.closed
}

func (f *forwarder) drop(c net.Conn) {
	f.mu.Lock()
	delete(f.conns, c)
	f.mu.Unlock()
	c.Close()
}

func (f *forwarder) serve(near net.Conn) {
	defer f.drop(near)
	if !f.keep(near) {
		return
	}
	var d net.Dialer
	far, err := d.DialContext(f.ctx, "tcp4", f.target)
	if err != nil {
		return
	}
	defer f.drop(far)
	if !f.keep(far) {
		return
	}
	var directions sync.WaitGroup
	directions.Go(func() { forward(far.(*net.TCPConn), near.(*net.TCPConn), f.delay) })
	directions.Go(func() { forward(near.(*net.TCPConn), far.(*net.TCPConn), f.delay) })
	directions.Wait()
}

// forward carries one direction. The end of it is passed on as an end of that
// direction alone; an error ends both.
func forward(dst, src *net.TCPConn, delay time.Duration) {
	q := newDelayQueue(maxInFlight)
	var reader sync.WaitGroup
	reader.Go(func() {
		buf := make([]byte, chunkSize)
		for {
			n, err := src.Read(buf)
			if n > 0 && !q.push(chunk{time.Now().Add(delay), append([]byte(nil), buf[:n]...)}) {
				return
			}
			if err != nil {
				q.end(err, time.Now().Add(delay))
				return
			}
		}
	})
	err := q.drain(func(b []byte) error {
		_, err := dst.Write(b)
		return err
	})
	if errors.Is(err, io.EOF) {
		err = dst.CloseWrite()
	}
	if err != nil {
		src.Close()
		dst.Close()
	}
	reader.Wait()
}
