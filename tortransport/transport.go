// Package tortransport is a libp2p transport over Tor onion services: it dials
// /onion3 multiaddrs through a Tor daemon and listens through onion services of
// that daemon. On the wire it is stock libp2p, so that peers on the other side
// need nothing but a way through Tor.
//
// Make a daemon with [tor.Start] or [tor.Attach], hand it over with the transport,
// and listen on the address that follows from an onion key:
//
//	daemon, err := tor.Start(ctx, tor.Config{DataDir: "tor"})
//	key, err := onion.LoadOrCreateKey("onion.key")
//	addr, err := key.Address().Multiaddr(4001)
//	h, err := libp2p.New(
//		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
//		libp2p.ListenAddrs(addr),
//	)
//	err = tortransport.Ready(ctx, h.Network())
//
// Listening does not wait for Tor: [Ready] does. Close the host first and the
// daemon after it. docs/transport.md is a guide for programs that exist already,
// with every option and what to do about every error.
//
// # Which host
//
// Package onionhost/preset, as above, makes libp2p.New build a host that tells its
// peers nothing but its onion addresses, and refuses what would give it away.
// Package onionhost makes the same host without libp2p's root package, in a smaller
// program. The transport alone, handed to libp2p.Transport, is for hosts that have
// nothing to hide: see the example of [New].
//
// # Fast
//
// The first answer to a program's own data takes two round trips on a circuit that
// is there, with stock libp2p on the other side: data follows the request to Tor at
// once, the security protocol is proposed together with its first message, and
// [OpenStream] waits for nothing that it can do without. [WithoutEarlyData] turns
// that off.
//
// # When it fails
//
// Errors of dials match one of those below through all that libp2p wraps around
// them. An address that could not be reached is answered from memory for a short
// while, and few dials build circuits at once; [Transport.Hurry] is for dials that
// somebody waits for. Onion services come back by themselves when tor was lost:
// see package tor, and [Transport.Status].
package tortransport

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport/internal/dialqueue"
	"github.com/onionwire/onionwire/tortransport/internal/recent"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

var errTrailing = errors.New("something follows the onion address")

// Transport dials and listens on onion addresses. All methods may be called
// concurrently.
type Transport struct {
	upgrader transport.Upgrader
	rcmgr    network.ResourceManager
	log      *slog.Logger

	daemon     *tor.Daemon
	dialer     proxy.ContextDialer
	services   map[onion.Address]Service // guarded by mu once there is a Transport
	configured map[onion.Address]tor.Addr

	dialTimeout, acceptTimeout time.Duration
	isolation                  isolation
	patient, clearnet          bool
	openTargets                bool

	places   *dialqueue.Queue
	failures *recent.Failures
	cleared  atomic.Pointer[time.Time] // when closeLookups was last at work
	sessions atomic.Uint64             // reconnects of the daemon when it was last dialled through
	plain    peerSet                   // who does not take an early proposal

	metrics *metrics // nil without WithMetrics
	closed  bool     // guarded by the lock of metrics

	mu        sync.Mutex
	listeners map[onion.Address]*listener
}

var _ transport.Transport = (*Transport)(nil)

// New makes a transport. It is made to be handed to libp2p.Transport, which
// provides the upgrader and the resource manager; a nil resource manager stands
// for one without limits.
func New(upgrader transport.Upgrader, rcmgr network.ResourceManager, opts ...Option) (*Transport, error) {
	if rcmgr == nil {
		rcmgr = &network.NullResourceManager{}
	}
	t := &Transport{
		upgrader:      upgrader,
		rcmgr:         rcmgr,
		log:           slog.Default(),
		services:      make(map[onion.Address]Service),
		configured:    make(map[onion.Address]tor.Addr),
		dialTimeout:   DialTimeout,
		acceptTimeout: AcceptTimeout,
		listeners:     make(map[onion.Address]*listener),
		places:        dialqueue.New(dialqueue.Limits{Places: maxDials, Reserved: urgentDials}),
		failures:      recent.NewFailures(recent.Config{}),
		plain:         peerSet{limit: maxPlain},
	}
	for _, opt := range opts {
		if err := opt(t); err != nil {
			return nil, err
		}
	}
	if t.daemon == nil && t.dialer == nil {
		return nil, errors.New("a Tor transport needs option WithDaemon or WithDialer")
	}
	if err := t.checkTargets(); err != nil {
		return nil, err
	}
	t.isolation.init()
	return t, nil
}

// CanDial reports whether addr is an onion address or, with WithClearnet, a TCP
// address. Whether the checksum is right shows when an onion address is dialled:
// a wrong one deserves an error that says so.
func (t *Transport) CanDial(addr ma.Multiaddr) bool {
	return len(addr) == 1 && addr[0].Code() == ma.P_ONION3 || t.clearnet && isClearnet(addr)
}

// Listen publishes an onion service and listens on it. The address must be one that
// WithOnionKey, WithService or WithConfiguredService has made known, else the error
// matches ErrNoKey. Listen does not wait for Tor: [Ready] and [Transport.Status] do.
func (t *Transport) Listen(laddr ma.Multiaddr) (transport.Listener, error) {
	addr, port, err := soleOnion(laddr)
	if err != nil {
		return nil, err
	}
	l, err := t.listen(addr, port, laddr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr.Short(), err)
	}
	return l, nil
}

// Protocols returns the multiaddr protocols that this transport is for. With
// WithClearnet TCP is one of them, so that libp2p refuses a second transport for
// it, which would not go through Tor.
func (t *Transport) Protocols() []int {
	if t.clearnet {
		return []int{ma.P_ONION3, ma.P_TCP}
	}
	return []int{ma.P_ONION3}
}

// Proxy is false: an onion address is where the peer is, not a way to it.
func (t *Transport) Proxy() bool { return false }

// Close forgets what the transport reports to metrics. libp2p calls it with the
// host's Close; listeners and connections are closed by themselves.
func (t *Transport) Close() error {
	t.metrics.closed(t)
	return nil
}

func (t *Transport) String() string { return "Tor" }
