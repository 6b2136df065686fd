package tortransport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Service describes an onion service for WithService. The fields that are not
// described here are those of [tor.ServiceConfig]. The virtual port is that of the
// multiaddr which is listened on.
type Service struct {
	Key onion.Key

	// Target is where Tor is to bring the connections. The zero Addr leaves that
	// to the daemon: a unix socket for a managed one, a loopback port for an
	// attached one, which may be confined. {"tcp", "127.0.0.1:0"} is any port on
	// loopback, which every local user can connect to; {"unix", PATH} is a socket
	// that Tor's user must be able to open. Other addresses need WithOpenTargets.
	Target tor.Addr

	Clients      []onion.ClientPublicKey
	Restricted   bool
	PoW          *tor.PoWConfig
	MaxStreams   int
	CloseCircuit bool
	Required     []tor.Feature
}

// WithService makes an onion address one that can be listened on, as WithOnionKey
// does, and says how. It can be given several times, for several addresses.
func WithService(services ...Service) Option {
	return func(t *Transport) error {
		for _, s := range services {
			if s.Key.IsZero() {
				return errors.New("option WithService: empty key")
			}
			if err := t.claim("WithService", s.Key.Address()); err != nil {
				return err
			}
			t.services[s.Key.Address()] = s
		}
		return nil
	}
}

// WithConfiguredService makes an onion address one that can be listened on whose
// service somebody else runs: an administrator, by the lines HiddenServiceDir and
// HiddenServicePort in a torrc. target is what HiddenServicePort names, and is
// listened on; a socket that a crash has left there is replaced. Nobody tells
// whether such a service is reachable, see [tor.ErrReadinessUnknown], and no daemon
// is needed for it.
func WithConfiguredService(addr onion.Address, target tor.Addr) Option {
	return func(t *Transport) error {
		if target.IsZero() || addr == (onion.Address{}) {
			return errors.New("option WithConfiguredService: no address or no target")
		}
		if err := t.claim("WithConfiguredService", addr); err != nil {
			return err
		}
		t.configured[addr] = target
		return nil
	}
}

// WithOpenTargets permits targets of onion services that are not on this machine's
// loopback: for a Tor on another machine, as with Whonix. Who can connect to such a
// target, past Tor, learns that this address is that of the onion service.
func WithOpenTargets() Option {
	return func(t *Transport) error {
		t.openTargets = true
		return nil
	}
}

// claim makes sure that an address is spoken for once: a second option would
// otherwise take the client authorisation of the first away without a word.
func (t *Transport) claim(option string, addr onion.Address) error {
	_, keyed := t.services[addr]
	_, configured := t.configured[addr]
	if keyed || configured {
		return fmt.Errorf("option %s: %s was given before", option, addr.Short())
	}
	return nil
}

// AddService makes a further onion address one that can be listened on, as
// WithService does for those that are known in the beginning. The address is then
// listened on as any other is. An address that is there already stays as it is. It
// fails with ErrOpenTarget, or if there is no key.
func (t *Transport) AddService(s Service) error {
	if s.Key.IsZero() {
		return errors.New("a service without a key")
	}
	if isOpen(s.Target) && !t.openTargets {
		return fmt.Errorf("%w: %s", ErrOpenTarget, s.Target)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.services[s.Key.Address()]; !ok {
		t.services[s.Key.Address()] = s
	}
	return nil
}

// checkTargets refuses targets that others can connect to past Tor.
func (t *Transport) checkTargets() error {
	if t.openTargets {
		return nil
	}
	for _, s := range t.services {
		if isOpen(s.Target) {
			return fmt.Errorf("option WithService: %w: %s", ErrOpenTarget, s.Target)
		}
	}
	for _, target := range t.configured {
		if isOpen(target) {
			return fmt.Errorf("option WithConfiguredService: %w: %s", ErrOpenTarget, target)
		}
	}
	return nil
}

// isOpen reports whether others than this machine can connect to a target. A name
// can stand for any address.
func isOpen(target tor.Addr) bool {
	if target.Network != "tcp" {
		return false
	}
	host, _, err := net.SplitHostPort(target.Address)
	if err != nil || host == "localhost" {
		return err != nil
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.IsLoopback()
}

// service is an onion service that a listener belongs to.
type service interface {
	Status(ctx context.Context) iter.Seq[tor.ServiceStatus]
	Ready(ctx context.Context) error
	SetClients(ctx context.Context, clients []onion.ClientPublicKey) error
	Close() error
}

// publish opens what an onion address is listened on with, and has Tor bring
// connections there. t.mu is held.
func (t *Transport) publish(addr onion.Address, port uint16) (net.Listener, service, error) {
	if at, ok := t.configured[addr]; ok {
		l, err := listenTarget(at)
		return l, newConfigured(), err
	}
	s, ok := t.services[addr]
	if !ok {
		return nil, nil, ErrNoKey
	}
	if t.daemon == nil {
		return nil, nil, errors.New("listening needs option WithDaemon")
	}
	if err := t.daemon.Err(); err != nil {
		return nil, nil, err
	}
	l, err := t.openTarget(s.Target)
	if err != nil {
		return nil, nil, err
	}
	published, err := t.daemon.Publish(tor.ServiceConfig{
		Key:          s.Key,
		Port:         port,
		Target:       l.Addr(),
		Clients:      s.Clients,
		Restricted:   s.Restricted,
		PoW:          s.PoW,
		MaxStreams:   s.MaxStreams,
		CloseCircuit: s.CloseCircuit,
		Required:     s.Required,
	})
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, published, nil
}

func (t *Transport) openTarget(at tor.Addr) (net.Listener, error) {
	if at.IsZero() {
		return t.daemon.ListenTarget()
	}
	return listenTarget(at)
}

// listenTarget listens where the caller says.
func listenTarget(at tor.Addr) (net.Listener, error) {
	if at.Network == "unix" {
		if err := removeStale(at); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen(at.Network, at.Address)
	if err != nil {
		return nil, fmt.Errorf("opening the target of the onion service: %w", err)
	}
	return l, nil
}

// removeStale removes a unix socket that nobody listens on: a crash has left it.
func removeStale(at tor.Addr) error {
	info, err := os.Lstat(at.Address)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return nil // what is wrong shows when it is listened on
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, at.Network, at.Address)
	if err == nil {
		c.Close()
		return fmt.Errorf("the target %s of the onion service is in use", at)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	return os.Remove(at.Address)
}

// configured is a service of which nothing is known.
type configured struct {
	ctx   context.Context // ends with Close
	close context.CancelFunc
}

func newConfigured() *configured {
	c := new(configured)
	c.ctx, c.close = context.WithCancel(context.Background())
	return c
}

func (c *configured) Status(ctx context.Context) iter.Seq[tor.ServiceStatus] {
	return func(yield func(tor.ServiceStatus) bool) {
		if c.ctx.Err() == nil {
			if !yield(tor.ServiceStatus{Phase: tor.Uploading, Err: tor.ErrReadinessUnknown}) {
				return
			}
		}
		select {
		case <-c.ctx.Done():
			yield(tor.ServiceStatus{Phase: tor.Gone, Err: tor.ErrClosed})
		case <-ctx.Done():
		}
	}
}

func (c *configured) Ready(context.Context) error {
	if c.ctx.Err() != nil {
		return tor.ErrClosed
	}
	return tor.ErrReadinessUnknown
}

func (c *configured) SetClients(context.Context, []onion.ClientPublicKey) error {
	return errors.New("the clients of an onion service in a torrc are changed there")
}

func (c *configured) Close() error { c.close(); return nil }

// listener returns the open listener on an address.
func (t *Transport) listener(laddr ma.Multiaddr) (*listener, error) {
	addr, _, err := onion.FromMultiaddr(laddr)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.listeners[addr]
	if l == nil {
		return nil, fmt.Errorf("%s: %w", addr.Short(), ErrNotListening)
	}
	return l, nil
}

// Status yields how the onion service at laddr is doing, which this transport
// listens on: now and after every change, until it is gone or ctx is done. A slow
// reader skips states.
func (t *Transport) Status(ctx context.Context, laddr ma.Multiaddr) (iter.Seq[tor.ServiceStatus], error) {
	l, err := t.listener(laddr)
	if err != nil {
		return nil, err
	}
	return l.service.Status(ctx), nil
}

// SetClients changes who may connect to the onion service at laddr, see
// [tor.Service.SetClients]: connections of those who may no longer are cut.
func (t *Transport) SetClients(ctx context.Context, laddr ma.Multiaddr, clients []onion.ClientPublicKey) error {
	l, err := t.listener(laddr)
	if err != nil {
		return err
	}
	return l.service.SetClients(ctx, clients)
}
