package main

import (
	"context"
	"crypto/rand"
	"io"
	"net"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// echoProtocol answers with what it gets.
const echoProtocol = protocol.ID("/onionwire/figures/echo/1")

func echoStream(s network.Stream) {
	defer s.Close()
	if _, err := io.Copy(s, s); err != nil {
		_ = s.Reset()
	}
}

// startOwn starts the host of package onionhost that is behind the service.
func (b *bed) startOwn() error {
	addr, err := b.addr.Multiaddr(ownPort)
	if err != nil {
		return err
	}
	h, err := newOwn(onionhost.Config{
		ListenAddrs: []ma.Multiaddr{addr},
		Transport: []tortransport.Option{
			tortransport.WithDaemon(b.server),
			tortransport.WithConfiguredService(b.addr, tor.Addr{Network: "unix", Address: b.socket}),
		},
		Ping: true,
	})
	if err != nil {
		return err
	}
	b.defers(func() { h.Close() })
	h.SetStreamHandler(echoProtocol, echoStream)
	b.own, err = b.infoOf(h, ownPort)
	return err
}

// newOwn makes a host of package onionhost with a new identity.
func newOwn(cfg onionhost.Config) (host.Host, error) {
	var err error
	if cfg.Key, _, err = crypto.GenerateEd25519Key(rand.Reader); err != nil {
		return nil, err
	}
	return onionhost.New(cfg)
}

// ownDialler is a host of package onionhost that knows both hosts behind the
// service.
func (b *bed) ownDialler() (host.Host, error) {
	h, err := newOwn(onionhost.Config{Transport: []tortransport.Option{tortransport.WithDaemon(b.client)}})
	if err == nil {
		b.introduce(h)
	}
	return h, err
}

// introduce makes the hosts behind the service known to a dialler, which forgets
// what else it has learnt of them: to stock libp2p those who connect through Tor
// are on loopback, so that it tells them of its listeners there, and they would be
// dialled too. Each kind of host knows which of the addresses it can dial.
func (b *bed) introduce(h host.Host) {
	for _, to := range []peer.AddrInfo{b.stock, b.own} {
		h.Peerstore().ClearAddrs(to.ID)
		h.Peerstore().AddAddrs(to.ID, to.Addrs, peerstore.PermanentAddrTTL)
		h.Peerstore().AddAddr(to.ID, anyTCP, peerstore.PermanentAddrTTL)
	}
}

// anyTCP is what the stock dialler knows the stock host by.
var anyTCP = ma.StringCast("/ip4/127.0.0.1/tcp/4001")

// throughSOCKS is a dialler that takes the stock TCP transport to an onion service,
// whatever address that believes to dial.
type throughSOCKS struct {
	proxy  proxy.ContextDialer
	target string
}

// DialContext connects to the target.
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

// stockDialler is the stock path: an unmodified host whose TCP transport gets to
// the stock host behind the service through a plain SOCKS client.
func (b *bed) stockDialler() (host.Host, error) {
	d, err := b.socksDialer()
	if err != nil {
		return nil, err
	}
	through := throughSOCKS{d, b.hostPort(stockPort)}
	h, err := libp2p.New(
		libp2p.NoListenAddrs,
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.Transport(tcp.NewTCPTransport, tcp.WithDialerForAddr(func(ma.Multiaddr) (tcp.ContextDialer, error) {
			return through, nil
		})),
	)
	if err == nil {
		b.introduce(h)
	}
	return h, err
}
