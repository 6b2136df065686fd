package transfer_test

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// segment is in how large pieces streams share a line.
const segment = 4 << 10

// flowWindow is how much of a stream is under way before its writer has to wait for
// the reader, as in a multiplexer.
const flowWindow = 1 << 20

var errReset = errors.New("stream reset")

// line is one direction of a path: what is written leaves at a rate, in its order,
// and arrives after a delay. A rate of 0 is none.
type line struct {
	mu    sync.Mutex
	rate  float64 // bytes a second
	delay time.Duration
	free  time.Time // when all that was written has left
	sent  int
}

// send returns when so many bytes arrive.
func (l *line) send(n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	if l.rate > 0 {
		l.free = l.free.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	}
	l.sent += n
	return l.free.Add(l.delay)
}

// queue returns how long a message would wait before it leaves.
func (l *line) queue() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, time.Until(l.free))
}

func (l *line) set(rate float64, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.delay = rate, delay
}

func (l *line) total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// path is what streams between two nodes share.
type path struct{ up, down line }

func newPath(rate float64, delay time.Duration) *path {
	return &path{up: line{rate: rate, delay: delay}, down: line{rate: rate, delay: delay}}
}

// stream opens a stream: the receiver's end, whose writes go up, and the sender's.
func (p *path) stream() (receiver, sender *end) {
	up, down := newFlow(&p.up), newFlow(&p.down)
	return &end{in: down, out: up}, &end{in: up, out: down}
}

// end is one end of a stream.
type end struct{ in, out *flow }

func (e *end) Read(b []byte) (int, error)  { return e.in.read(b) }
func (e *end) Write(b []byte) (int, error) { return e.out.write(b) }

func (e *end) Close() error {
	e.out.change(func() { e.out.closed = true })
	e.in.change(func() { e.in.deaf, e.in.pieces, e.in.size = true, nil, 0 })
	return nil
}

func (e *end) Reset() error {
	for _, f := range []*flow{e.in, e.out} {
		f.change(func() { f.reset = true })
	}
	return nil
}

func (e *end) SetReadDeadline(t time.Time) error {
	e.in.change(func() { e.in.readBy = t })
	return nil
}

func (e *end) SetWriteDeadline(t time.Time) error {
	e.out.change(func() { e.out.writeBy = t })
	return nil
}

func (e *end) wasReset() bool {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	return e.in.reset
}

// flow is one direction of a stream.
type flow struct {
	line *line

	mu              sync.Mutex
	changed         chan struct{}
	pieces          []piece
	size            int  // of the pieces
	closed          bool // by the writer
	deaf            bool // closed by the reader: what comes is dropped
	reset           bool
	readBy, writeBy time.Time
}

type piece struct {
	arrives time.Time
	data    []byte
}

func newFlow(l *line) *flow { return &flow{line: l, changed: make(chan struct{})} }

func (f *flow) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
	f.wake()
}

func (f *flow) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// wait waits for a change, or until some time. f.mu is held.
func (f *flow) wait(until time.Time) {
	changed := f.changed
	f.mu.Unlock()
	defer f.mu.Lock()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !until.IsZero() {
		ctx, cancel = context.WithDeadline(ctx, until)
		defer cancel()
	}
	select {
	case <-changed:
	case <-ctx.Done():
	}
}

func passed(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

func (f *flow) write(b []byte) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(b) > 0 {
		switch {
		case f.reset:
			return n, errReset
		case passed(f.writeBy):
			return n, os.ErrDeadlineExceeded
		case f.size >= flowWindow:
			f.wait(f.writeBy)
			continue
		}
		take := min(len(b), segment)
		arrives := f.line.send(take)
		if !f.deaf {
			f.pieces = append(f.pieces, piece{arrives, append([]byte(nil), b[:take]...)})
			f.size += take
		}
		n, b = n+take, b[take:]
		f.wake()
	}
	return n, nil
}

func (f *flow) read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		switch {
		case f.reset:
			return 0, errReset
		case passed(f.readBy):
			return 0, os.ErrDeadlineExceeded
		case len(f.pieces) == 0 && f.closed:
			return 0, io.EOF
		case len(f.pieces) == 0:
			f.wait(f.readBy)
			continue
		}
		p := &f.pieces[0]
		if until := p.arrives; time.Now().Before(until) {
			if !f.readBy.IsZero() && f.readBy.Before(until) {
				until = f.readBy
			}
			f.wait(until)
			continue
		}
		n := copy(b, p.data)
		if p.data = p.data[n:]; len(p.data) == 0 {
			f.pieces = f.pieces[1:]
		}
		f.size -= n
		f.wake()
		return n, nil
	}
}
