// Package tortransport is a libp2p transport over Tor onion services: it dials
// /onion3 multiaddrs through a Tor daemon and listens through onion services of
// that daemon. On the wire it is stock libp2p, so that peers on the other side
// need nothing but a way through Tor.
//
// Make a daemon with [tor.Start] or [tor.Attach], hand it to libp2p with the
// transport, and listen on the address that follows from an onion key:
//
//	daemon, err := tor.Start(ctx, tor.Config{})
//	key, err := onion.LoadOrCreateKey("onion.key")
//	addr, err := key.Address().Multiaddr(4001)
//	h, err := libp2p.New(
//		libp2p.NoTransports,
//		libp2p.Transport(tortransport.New, tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
//		libp2p.ListenAddrs(addr),
//		libp2p.WithDialTimeout(tortransport.DialTimeout),
//		libp2p.DisableRelay(),
//	)
//	err = tortransport.Ready(ctx, h.Network())
//
// Listening does not wait for Tor: [Ready] does. Close the host first and the
// daemon after it.
//
// A stock host tells its peers more than a Tor user may want: its agent
// version, its listen addresses on other transports. Package onionhost puts a
// host together that has nothing to tell.
package tortransport

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// isolationUser is the SOCKS user name by which tor 0.4.9 knows that the
// password is an isolation token (socks-extensions, section 1). Older tor
// isolates by any pair of strings.
const isolationUser = "<torS0X>0"

// endGrace is how long a dial whose connection broke waits for the news that Tor
// itself has ended. They come within milliseconds.
const endGrace = 250 * time.Millisecond

var errTrailing = errors.New("something follows the onion address")

// Transport dials and listens on onion addresses. All methods may be called
// concurrently.
type Transport struct {
	upgrader transport.Upgrader
	rcmgr    network.ResourceManager
	log      *slog.Logger

	daemon *tor.Daemon
	dialer proxy.ContextDialer
	keys   map[onion.Address]onion.Key

	dialTimeout, acceptTimeout time.Duration

	metrics *metrics // nil without WithMetrics
	closed  bool     // guarded by the lock of metrics

	// isolation keys the tokens that give every peer circuits of its own.
	isolation [32]byte

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
		keys:          make(map[onion.Address]onion.Key),
		dialTimeout:   DialTimeout,
		acceptTimeout: AcceptTimeout,
		listeners:     make(map[onion.Address]*listener),
	}
	for _, opt := range opts {
		if err := opt(t); err != nil {
			return nil, err
		}
	}
	if t.daemon == nil && t.dialer == nil {
		return nil, errors.New("a Tor transport needs option WithDaemon or WithDialer")
	}
	rand.Read(t.isolation[:])
	return t, nil
}

// CanDial reports whether addr is an onion address. Whether its checksum is
// right shows when it is dialled: a wrong one deserves an error that says so.
func (t *Transport) CanDial(addr ma.Multiaddr) bool {
	return len(addr) == 1 && addr[0].Code() == ma.P_ONION3
}

// Dial connects to the peer p at the onion address raddr.
//
// Errors match those of this package, or those of package onion for a malformed
// address.
func (t *Transport) Dial(ctx context.Context, raddr ma.Multiaddr, p peer.ID) (_ transport.CapableConn, err error) {
	t.metrics.used(t)
	trace := t.metrics.dial()
	defer func() { trace.done(err) }()
	scope, err := t.rcmgr.OpenConnection(network.DirOutbound, true, nearEnd)
	if err != nil {
		t.log.Debug("resource manager blocked outgoing connection", "peer", shortPeer(p), "error", discreetError{err})
		return nil, discreetError{err}
	}
	c, err := t.dialWithScope(ctx, raddr, p, scope, trace)
	if err != nil {
		scope.Done()
		return nil, err
	}
	return c, nil
}

func (t *Transport) dialWithScope(ctx context.Context, raddr ma.Multiaddr, p peer.ID, scope network.ConnManagementScope, trace *dialTrace) (transport.CapableConn, error) {
	if err := scope.SetPeer(p); err != nil {
		t.log.Debug("resource manager blocked outgoing connection for peer", "peer", shortPeer(p), "error", discreetError{err})
		return nil, discreetError{err}
	}
	addr, port, err := soleOnion(raddr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.dialTimeout)
	defer cancel()
	raw, err := t.dialRaw(ctx, addr, port, p, trace)
	if err != nil {
		return nil, dialError(addr, t.daemonError(ctx, err))
	}
	trace.enter(phaseNegotiation)
	c, err := t.upgrader.Upgrade(ctx, t, &onionConn{Conn: raw, local: anonymous, remote: raddr}, network.DirOutbound, p, scope)
	if err != nil {
		raw.Close() // the upgrader forgets it where it refuses before it begins
		return nil, dialError(addr, t.daemonError(ctx, err))
	}
	return c, nil
}

// dialRaw connects to the onion service, and to nobody in particular yet.
func (t *Transport) dialRaw(ctx context.Context, addr onion.Address, port uint16, p peer.ID, trace *dialTrace) (net.Conn, error) {
	if t.dialer != nil {
		trace.enter(phaseCircuit)
		return t.dialer.DialContext(ctx, "tcp", net.JoinHostPort(addr.String(), strconv.Itoa(int(port))))
	}
	if err := t.daemon.Err(); err != nil {
		return nil, err
	}
	trace.enter(phaseTorReady)
	// Tor would hold the connection back until it is ready, and not say why.
	if err := t.daemon.WaitReady(ctx); err != nil {
		return nil, err
	}
	trace.enter(phaseCircuit)
	socks := t.daemon.SOCKS()
	return socks5.Dialer{Network: socks.Network, Address: socks.Address}.
		Dial(ctx, addr.String(), port, socks5.Auth{User: isolationUser, Password: t.isolationToken(p)})
}

// daemonError replaces the error of a dial by the end of the daemon, if that is
// what made it fail: a connection to Tor breaks a moment before anybody knows
// that Tor has ended.
func (t *Transport) daemonError(ctx context.Context, err error) error {
	if t.daemon == nil || t.dialer != nil {
		return err
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, new(syscall.Errno)) {
		return err
	}
	grace := time.NewTimer(endGrace)
	defer grace.Stop()
	select {
	case <-t.daemon.Done():
		return t.daemon.Err()
	case <-ctx.Done():
	case <-grace.C:
	}
	return err
}

// isolationToken is the same for a peer as long as the transport lives, and
// tells nothing about it to who does not know the secret.
func (t *Transport) isolationToken(p peer.ID) string {
	m := hmac.New(sha256.New, t.isolation[:])
	m.Write([]byte(p))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// Listen publishes an onion service and listens on it. The address must belong
// to a key that WithOnionKey gave. Listen does not wait for Tor: [Ready] and
// [Transport.Ready] do.
func (t *Transport) Listen(laddr ma.Multiaddr) (transport.Listener, error) {
	addr, port, err := soleOnion(laddr)
	if err != nil {
		return nil, err
	}
	key, ok := t.keys[addr]
	if !ok {
		return nil, fmt.Errorf("listening on %s: %w", addr.Short(), ErrNoKey)
	}
	if t.daemon == nil {
		return nil, fmt.Errorf("listening on %s: listening needs option WithDaemon", addr.Short())
	}
	if err := t.daemon.Err(); err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr.Short(), err)
	}
	l, err := t.listen(key, port, laddr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr.Short(), err)
	}
	return l, nil
}

// Protocols returns the multiaddr protocol that this transport is for.
func (t *Transport) Protocols() []int { return []int{ma.P_ONION3} }

// Proxy is false: an onion address is where the peer is, not a way to it.
func (t *Transport) Proxy() bool { return false }

// Close forgets what the transport reports to metrics. libp2p calls it with the
// host's Close; listeners and connections are closed by themselves.
func (t *Transport) Close() error {
	t.metrics.closed(t)
	return nil
}

func (t *Transport) String() string { return "Tor" }
