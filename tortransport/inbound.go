package tortransport

import (
	"net"
	"sync"
)

// connections are those that are open at a listener, so that they can be closed.
type connections struct {
	mu   sync.Mutex
	open map[*trackedConn]struct{}
}

// track adds a connection until it is closed.
func (cs *connections) track(c net.Conn) net.Conn {
	t := &trackedConn{Conn: c, in: cs}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.open == nil {
		cs.open = make(map[*trackedConn]struct{})
	}
	cs.open[t] = struct{}{}
	return t
}

// closeAll closes the connections that are open now.
func (cs *connections) closeAll() {
	cs.mu.Lock()
	all := cs.open
	cs.open = nil
	cs.mu.Unlock()
	for c := range all {
		c.Conn.Close()
	}
}

// trackedConn is a connection that its listener knows of.
type trackedConn struct {
	net.Conn
	in *connections
}

func (c *trackedConn) Close() error {
	c.in.mu.Lock()
	delete(c.in.open, c)
	c.in.mu.Unlock()
	return c.Conn.Close()
}
