package tor

import (
	"context"
	"net"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// MaxFetches bounds how many directories are asked for a descriptor in RequeryPeriod.
const (
	MaxFetches    = maxFetches
	RequeryPeriod = requeryPeriod
)

// ErrNotFetched means that none of them gave it.
var ErrNotFetched = errNotFetched

// BarrenTime is for how long a service may be without an introduction point.
const BarrenTime = barrenTime

// ParseCircuitEvent returns the number, the status and the service of a CIRC event.
func ParseCircuitEvent(line string) (id, status string, service onion.Address, ok bool) {
	e, ok := parseCircuitEvent(line)
	return e.id, e.status, e.service, ok
}

// HeartbeatCommand is what tor is asked for as a sign of life.
const HeartbeatCommand = heartbeat

// DropControl loses the control connection, as a bad cable would.
func (d *Daemon) DropControl() { d.latest.Load().control.conn.Close() }

// ManagedBy is Start with sessions that have no child: a connection is all there
// is of its tor.
func ManagedBy(ctx context.Context, dial func(context.Context) (net.Conn, error)) (*Daemon, error) {
	return daemonBy(ctx, &folder{}, dial)
}

// AttachBy is Attach with a way to connect of its own.
func AttachBy(ctx context.Context, dial func(context.Context) (net.Conn, error)) (*Daemon, error) {
	return daemonBy(ctx, nil, dial)
}

func daemonBy(ctx context.Context, f *folder, dial func(context.Context) (net.Conn, error)) (*Daemon, error) {
	d := newDaemon(nil, 0)
	d.folder = f
	d.open = func(ctx context.Context) (*session, error) {
		conn, err := dial(ctx)
		if err != nil {
			return nil, err
		}
		return d.attach(ctx, conn, AttachConfig{SOCKS: Addr{"tcp", "127.0.0.1:9050"}})
	}
	return d, d.begin(ctx)
}
