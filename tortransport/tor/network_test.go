//go:build unix

package tor_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestNetworkIsAway takes the network away from a tor that publishes a service and
// gives it back after so long that tor has given up its introduction points.
func TestNetworkIsAway(t *testing.T) {
	t.Parallel()
	_, dialer := pair(t)
	c := newCable(t)
	d := start(t, tor.Config{Torrc: privateNetwork(t).Torrc() + "HTTPSProxy " + c.addr()})
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	p := newPatient(t, d)
	p.awaitReachable(t, dialer)

	c.pull()
	p.awaitDegraded(t, tor.ErrNetwork)
	for st := range d.Status(testContext(t)) {
		wantErr(t, st.Network, tor.ErrNetwork)
		if st.State != tor.Connected {
			t.Errorf("the daemon is %s: %v", st.State, st.Err)
		}
		break
	}
	// Tor is not waited for: it looks for its network when it has to.
	if err := d.WaitReady(within(t, 0)); err != nil {
		t.Errorf("WaitReady: %v", err)
	}
	time.Sleep(5 * time.Second)

	c.plug()
	p.awaitReachable(t, dialer)
	for st := range d.Status(testContext(t)) {
		if st.Network == nil {
			break
		}
	}
	if d.Reconnects() != 0 {
		t.Error("tor was given up")
	}
}

// cable is an HTTP proxy through which a tor reaches its network, so that this can
// be taken away from it alone.
type cable struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	pulled bool
	conns  map[net.Conn]bool
}

func newCable(t *testing.T) *cable {
	t.Helper()
	c := &cable{listener: listenLoopback(t), conns: make(map[net.Conn]bool)}
	c.running.Go(func() {
		for {
			conn, err := c.listener.Accept()
			if err != nil {
				return
			}
			c.running.Go(func() { c.serve(conn) })
		}
	})
	t.Cleanup(func() {
		c.listener.Close()
		c.pull()
		c.running.Wait()
	})
	return c
}

func (c *cable) addr() string { return c.listener.Addr().String() }

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pulled = true
	for conn := range c.conns {
		conn.Close()
	}
}

func (c *cable) plug() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pulled = false
}

// keep has pull end a connection.
func (c *cable) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pulled {
		c.conns[conn] = true
	}
	return !c.pulled
}

func (c *cable) drop(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
	conn.Close()
}

func (c *cable) serve(near net.Conn) {
	defer c.drop(near)
	if !c.keep(near) {
		return
	}
	buffered := bufio.NewReader(near)
	req, err := http.ReadRequest(buffered)
	if err != nil {
		return
	}
	far, err := net.Dial("tcp", req.Host)
	if err != nil {
		return
	}
	defer c.drop(far)
	if !c.keep(far) {
		return
	}
	if _, err := io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(near, far) // either end ends both
		near.Close()
	})
	_, _ = io.Copy(far, buffered)
	far.Close()
	back.Wait()
}
