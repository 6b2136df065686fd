package tortest

import (
	"net"
	"sync"
)

// fakeMaxOutbox bounds what waits for a controller that does not read.
const fakeMaxOutbox = 16 << 20

// fakeOutbox holds what is to be written to a control connection, so that an
// event for a controller that does not read holds up nobody. Tor buffers the
// same way.
type fakeOutbox struct {
	conn   net.Conn
	mu     sync.Mutex
	wake   sync.Cond
	buffer []byte
	closed bool
}

func newFakeOutbox(conn net.Conn) *fakeOutbox {
	o := &fakeOutbox{conn: conn}
	o.wake.L = &o.mu
	return o
}

// send queues text. Beyond the bound it gives the connection up.
func (o *fakeOutbox) send(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if len(o.buffer)+len(text) > fakeMaxOutbox {
		o.abort()
		return
	}
	o.buffer = append(o.buffer, text...)
	o.wake.Signal()
}

// abort closes the connection, which ends its reader and its writer; the
// caller holds the lock of the outbox.
func (o *fakeOutbox) abort() {
	o.closed, o.buffer = true, nil
	o.wake.Signal()
	o.conn.Close()
}

// finish lets run return when all is written.
func (o *fakeOutbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.wake.Signal()
}

// run writes until finish was called or a write fails.
func (o *fakeOutbox) run() {
	for {
		o.mu.Lock()
		for len(o.buffer) == 0 && !o.closed {
			o.wake.Wait()
		}
		batch := o.buffer
		o.buffer = nil
		o.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if _, err := o.conn.Write(batch); err != nil {
			o.mu.Lock()
			o.abort()
			o.mu.Unlock()
			return
		}
	}
}
