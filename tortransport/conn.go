package tortransport

import (
	"net"
	"strings"

	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// anonymous stands for the side of a connection that has no address: who dials
// an onion service shows none, and has none of its own to show. It has the form
// of an onion address and a wrong checksum, so nobody can dial it. An IP address
// here, even 127.0.0.1, would be taken for the network that the peer is in, and
// libp2p would tell it the host's other addresses of that network.
var anonymous = ma.StringCast("/onion3/" + strings.Repeat("a", 56) + ":1")

// nearEnd is what the resource manager and the gater are told instead, before a
// connection is negotiated: the other end of the socket, which is Tor's. libp2p's
// resource manager puts all addresses that have no IP into a single bucket, of
// which it lets through one connection in five seconds; loopback has no such
// limit.
var nearEnd = ma.StringCast("/ip4/127.0.0.1")

// onionConn is a raw connection with the multiaddrs of its two ends.
type onionConn struct {
	net.Conn
	local, remote ma.Multiaddr
}

var _ manet.Conn = (*onionConn)(nil)

func (c *onionConn) LocalMultiaddr() ma.Multiaddr  { return c.local }
func (c *onionConn) RemoteMultiaddr() ma.Multiaddr { return c.remote }
func (c *onionConn) LocalAddr() net.Addr           { return netAddr(c.local.String()) }
func (c *onionConn) RemoteAddr() net.Addr          { return netAddr(c.remote.String()) }

// netAddr is an onion address as a net.Addr, in its multiaddr form.
type netAddr string

func (netAddr) Network() string  { return "onion3" }
func (a netAddr) String() string { return string(a) }

// onionListener gives the connections that tor brings the multiaddrs of an
// onion service.
type onionListener struct {
	net.Listener
	addr ma.Multiaddr
	// arrived is called for every connection before anybody else hears of it.
	arrived func()
}

var _ manet.Listener = (*onionListener)(nil)

func (l *onionListener) Multiaddr() ma.Multiaddr { return l.addr }
func (l *onionListener) Addr() net.Addr          { return netAddr(l.addr.String()) }

func (l *onionListener) Accept() (manet.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.arrived()
	return &onionConn{Conn: c, local: l.addr, remote: nearEnd}, nil
}

// soleOnion reads a multiaddr that is an onion address and nothing more.
func soleOnion(m ma.Multiaddr) (onion.Address, uint16, error) {
	addr, port, err := onion.FromMultiaddr(m)
	if err == nil && len(m) != 1 {
		err = errTrailing
	}
	return addr, port, err
}
