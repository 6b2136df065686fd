package tor

import (
	"context"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const (
	RequestTimeout = requestTimeout
	Heartbeat      = heartbeatInterval
	MaxFailures    = maxFailures
	LastPause      = lastPause
	Leftover       = leftover
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
// package synctest needs it. There is no other when it is lost.
func AttachOver(ctx context.Context, conn net.Conn) (*Daemon, error) {
	return AttachBy(ctx, func(context.Context) (c net.Conn, err error) {
		if c, conn = conn, nil; c == nil {
			err = syscall.ECONNREFUSED
		}
		return c, err
	})
}

// WithHeartbeat says how often tor is asked for a sign of life.
func (cfg Config) WithHeartbeat(every time.Duration) Config {
	cfg.heartbeat = every
	return cfg
}

// WithHeartbeat says how often tor is asked for a sign of life.
func (cfg AttachConfig) WithHeartbeat(every time.Duration) AttachConfig {
	cfg.heartbeat = every
	return cfg
}

// Child is the process id of the tor of a managed daemon, the latest one.
func (d *Daemon) Child() int { return d.latest.Load().child.PID() }

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
	return n, status.Phase == Reachable
}
