package tor

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"testing"
)

const (
	RequestTimeout = requestTimeout
	MaxReply       = maxReply
	TempAge        = tempAge
)

var (
	Keywords             = keywords
	ParseBootstrap       = parseBootstrap
	ParseProtocolInfo    = parseProtocolInfo
	ParseDescriptorEvent = parseDescriptorEvent
	FirstListener        = firstListener
	Quote                = quote
)

// ControlConn lets tests speak to one connection without a daemon around it.
type ControlConn struct{ c *controlConn }

func NewControlConn(conn net.Conn, onEvent func(string)) ControlConn {
	return ControlConn{newControlConn(conn, onEvent)}
}

func (c ControlConn) Request(ctx context.Context, line string) ([]string, error) {
	return c.c.request(ctx, line)
}

func (c ControlConn) Close()                  { c.c.close() }
func (c ControlConn) Closed() <-chan struct{} { return c.c.closed }

// AttachOver is Attach over a connection that is there already, as a bubble of
// package synctest needs it.
func AttachOver(ctx context.Context, conn net.Conn) (*Daemon, error) {
	d := &Daemon{log: slog.New(slog.DiscardHandler), socks: Addr{"tcp", "127.0.0.1:9050"}}
	return d, d.begin(ctx, conn, credentials{})
}

// Child is the process id of the tor of a managed daemon.
func (d *Daemon) Child() int { return d.child.PID() }

// HideUsualPlaces keeps LookupBinary from the programs of this machine.
func HideUsualPlaces(tb testing.TB) {
	tb.Helper()
	old := usualPlaces[runtime.GOOS]
	delete(usualPlaces, runtime.GOOS)
	tb.Cleanup(func() { usualPlaces[runtime.GOOS] = old })
}

// PlayDescriptorEvents gives events to a service, and returns how many of them
// were well-formed and whether the service then can be reached.
func PlayDescriptorEvents(events ...string) (n int, reachable bool) {
	var s Service
	for _, line := range events {
		if e, ok := parseDescriptorEvent(line); ok {
			n++
			s.onDescriptor(e)
		}
	}
	status, _ := s.status.get()
	return n, status.Phase == Published
}
