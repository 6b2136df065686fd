package tortransport_test

import (
	"context"
	"net"
	"regexp"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// stockSecurity is what stock hosts secure connections with.
var stockSecurity = []struct {
	name   string
	option libp2p.Option
}{
	{"Noise", libp2p.Security(noise.ID, noise.New)},
	{"TLS", libp2p.Security(libp2ptls.ID, libp2ptls.New)},
}

// plainHost is a host that knows nothing of Tor: stock TCP on loopback.
func plainHost(t testing.TB, opts ...libp2p.Option) host.Host {
	t.Helper()
	h, err := libp2p.New(append([]libp2p.Option{
		libp2p.NoTransports,
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"),
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.DisableRelay(),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// publish makes the listener of a plain host an onion service, as its operator
// could by hand, and returns where to dial it.
func publish(t *testing.T, d *tor.Daemon, h host.Host) peer.AddrInfo {
	t.Helper()
	target, err := manet.ToNetAddr(h.Network().ListenAddresses()[0])
	if err != nil {
		t.Fatal(err)
	}
	k := newKey(t)
	s, err := d.Publish(tor.ServiceConfig{Key: k, Port: virtualPort, Target: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return peer.AddrInfo{ID: h.ID(), Addrs: []ma.Multiaddr{onionAddr(t, k)}}
}

func mustPing(t *testing.T, from host.Host, to peer.AddrInfo) {
	t.Helper()
	if r := pingAt(t, from, to); r.Error != nil || r.RTT <= 0 {
		t.Errorf("ping gave %v, %v", r.RTT, r.Error)
	}
}

func TestDialStockListener(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	for _, security := range stockSecurity {
		t.Run(security.name, func(t *testing.T) {
			to := publish(t, a, plainHost(t, security.option))
			mustPing(t, stockHost(t, b, newKey(t), security.option, libp2p.NoListenAddrs), to)
		})
	}
	t.Run("own host", func(t *testing.T) {
		mustPing(t, ownHost(t, b), publish(t, a, plainHost(t)))
	})
}

// throughSOCKS is a dialler that takes the stock TCP transport to an onion service,
// whatever address that believes to dial.
type throughSOCKS struct {
	proxy  proxy.ContextDialer
	target string
}

func (d throughSOCKS) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	c, err := d.proxy.DialContext(ctx, "tcp", d.target)
	if err != nil {
		return nil, err
	}
	return tcpConn{c}, nil
}

// tcpConn hides the unix sockets below, which the stock transport cannot name.
type tcpConn struct{ net.Conn }

func (tcpConn) LocalAddr() net.Addr  { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (tcpConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2} }

// socksDialer is a plain SOCKS client at a daemon.
func socksDialer(t testing.TB, d *tor.Daemon) proxy.ContextDialer {
	t.Helper()
	socks := d.SOCKS()
	dialer, err := proxy.SOCKS5(socks.Network, socks.Address, nil, proxy.Direct)
	if err != nil {
		t.Fatal(err)
	}
	return redialer{dialer.(proxy.ContextDialer)}
}

// redialer dials again after a reply that may be stale: tor answers some streams
// that it has connected with the error of an earlier try (WithDialer tells more),
// which a plain SOCKS client takes for the truth. By the next dial tor has the
// descriptor and the circuit, so that a few are enough.
type redialer struct{ proxy.ContextDialer }

// staleReply is how x/net words the replies 0xF0 and 0xF3.
var staleReply = regexp.MustCompile(`unknown code: (240|243)$`)

func (d redialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	const tries = 5
	for try := 1; ; try++ {
		c, err := d.ContextDialer.DialContext(ctx, network, address)
		if err == nil || try == tries || !staleReply.MatchString(err.Error()) {
			return c, err
		}
	}
}

// anyTCP is an address that the stock TCP transport dials.
var anyTCP = ma.StringCast("/ip4/127.0.0.1/tcp/4001")

// stockDialler is a host with the stock TCP transport, which gets to the onion
// service of a key whatever it dials.
func stockDialler(t testing.TB, d *tor.Daemon, k onion.Key, opts ...libp2p.Option) host.Host {
	t.Helper()
	dialer := throughSOCKS{socksDialer(t, d), net.JoinHostPort(k.Address().String(), "4001")}
	return plainHost(t, append(opts, libp2p.NoTransports, libp2p.NoListenAddrs,
		libp2p.Transport(tcp.NewTCPTransport, tcp.WithDialerForAddr(func(ma.Multiaddr) (tcp.ContextDialer, error) {
			return dialer, nil
		})))...)
}

func TestStockDialler(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	for _, security := range stockSecurity {
		t.Run(security.name, func(t *testing.T) {
			k := newKey(t)
			server := stockHost(t, a, k, security.option)
			awaitReady(t, server.Network())
			mustPing(t, stockDialler(t, b, k, security.option), peer.AddrInfo{ID: server.ID(), Addrs: []ma.Multiaddr{anyTCP}})
		})
	}
}

func TestWithDialer(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	k := newKey(t)
	server := newParty(t, a, k)
	addr := server.serve(t, k)
	client := partyConfig{}.new(t, tortransport.WithDialer(socksDialer(t, b)))
	c := client.mustDial(t, addr, server.id)
	defer c.Close()
	mustEcho(t, c)
	if !c.RemoteMultiaddr().Equal(addr) {
		t.Error("the remote address is not the one that was dialled")
	}
}

// TestWithDialerStaleReply: a caller's own dialler that fails is believed, and one
// that redials gets through.
func TestWithDialerStaleReply(t *testing.T) {
	for _, code := range []byte{0xf0, 0xf3} {
		f, d := fakeTor(t)
		k := newKey(t)
		server := newParty(t, d, k)
		addr := server.serve(t, k)
		refuse := make(chan tortest.FakeSocksReply, 2)
		refuse <- tortest.FakeSocksReply{Code: code}
		refuse <- tortest.FakeSocksReply{Code: code}
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
			select {
			case reply := <-refuse:
				return reply
			default:
				return tortest.FakeSocksReply{}
			}
		})
		patient := socksDialer(t, d).(redialer)
		plain := partyConfig{}.new(t, tortransport.WithDialer(patient.ContextDialer))
		if err := plain.dialFails(t, testContext(t), addr, server.id); !staleReply.MatchString(err.Error()) {
			t.Errorf("a dialler that does not redial: %v", err)
		}
		c := partyConfig{}.new(t, tortransport.WithDialer(patient)).mustDial(t, addr, server.id)
		mustEcho(t, c)
		c.Close()
	}
}

// TestAttached dials and listens at daemons that belong to somebody else, reached
// in all ways there are.
func TestAttached(t *testing.T) {
	t.Parallel()
	_, managed := sharedTors(t)
	for _, tc := range []struct {
		name string
		cfg  tortest.ClientConfig
	}{
		{"TCP and cookie", tortest.ClientConfig{}},
		{"unix sockets and password", tortest.ClientConfig{Unix: true, Password: "a secret"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client, err := privateNetwork(t).StartClient(testContext(t), tc.cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.Stop)
			// The SOCKS port is asked for, and the cookie's name.
			d := attach(t, tor.AttachConfig{Control: parseAddr(t, client.Control), Password: client.Password})
			k1, k2 := newKey(t), newKey(t)
			here, there := newParty(t, d, k1), newParty(t, managed, k2)
			for _, way := range []struct {
				from, to party
				addr     ma.Multiaddr
			}{
				{there, here, here.serve(t, k1)},
				{here, there, there.serve(t, k2)},
			} {
				c := way.from.mustDial(t, way.addr, way.to.id)
				mustEcho(t, c)
				c.Close()
			}
		})
	}
}
