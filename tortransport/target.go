package tortransport

import (
	"context"
	"fmt"
	"net"
	"strconv"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// target is where a dial goes, as Tor's SOCKS port is told.
type target struct {
	addr ma.Multiaddr
	host string
	port uint16
	// onion is zero on the clearnet.
	onion onion.Address
}

// target reads an address that CanDial has accepted.
func (t *Transport) target(addr ma.Multiaddr) (target, error) {
	if t.clearnet && isClearnet(addr) {
		port, err := strconv.ParseUint(addr[1].Value(), 10, 16)
		if err != nil || port == 0 {
			return target{}, fmt.Errorf("malformed TCP port %q", addr[1].Value())
		}
		return target{addr: addr, host: addr[0].Value(), port: uint16(port)}, nil
	}
	a, port, err := soleOnion(addr)
	if err != nil {
		return target{}, err
	}
	return target{addr: addr, host: a.String(), port: port, onion: a}, nil
}

func (to target) isOnion() bool { return to.onion != onion.Address{} }

// String names the target as it may stand in a log: names and IP addresses of the
// clearnet tell as much as onion addresses do.
func (to target) String() string {
	if to.isOnion() {
		return to.onion.Short()
	}
	return "an address on the clearnet"
}

func (to target) hostPort() string {
	return net.JoinHostPort(to.host, strconv.Itoa(int(to.port)))
}

// isClearnet reports whether addr is a TCP address that Tor's exits can connect
// to: an IP address, or a name that they resolve. They cannot resolve dnsaddr.
func isClearnet(addr ma.Multiaddr) bool {
	if len(addr) != 2 || addr[1].Code() != ma.P_TCP {
		return false
	}
	switch addr[0].Code() {
	case ma.P_IP4, ma.P_IP6, ma.P_DNS, ma.P_DNS4, ma.P_DNS6:
		return true
	}
	return false
}

// SkipResolve implements libp2p's transport.SkipResolver: what this transport
// dials, Tor resolves, and nobody else does.
func (t *Transport) SkipResolve(context.Context, ma.Multiaddr) bool { return true }
