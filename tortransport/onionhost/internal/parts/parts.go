// Package parts has what every host is made of that lives on onion addresses and
// tells nothing, whether it is put together by hand (package onionhost) or by
// libp2p.New (package preset): the two differ in nothing that a peer could see.
package parts

import (
	"context"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	ma "github.com/multiformats/go-multiaddr"
)

// UserAgent is what every host of this kind calls itself. It has no version: a
// version tells hosts apart.
const UserAgent = "onionwire"

// NegotiationTimeout bounds the choice of a protocol on a new stream: a round
// trip, which may take seconds on Tor.
const NegotiationTimeout = time.Minute

const (
	// keepAlive is the time between two signs of life on a connection.
	keepAlive = 20 * time.Second
	// patience is how long a connection may stand still before it counts as
	// lost. With libp2p's own ten seconds, one slow circuit looks like a dead
	// peer.
	patience = 35 * time.Second
)

// Muxers returns the stream multiplexers: yamux, with the patience and the windows
// that Tor needs.
func Muxers() []upgrader.StreamMuxer {
	t := *yamux.DefaultTransport
	t.KeepAliveInterval = keepAlive
	t.ConnectionWriteTimeout = patience
	t.InitialStreamWindowSize = streamWindow
	t.MaxMessageSize = messageSize
	return []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: muxer{&t}}}
}

// IsOnion reports whether an address is an onion address and nothing more.
func IsOnion(a ma.Multiaddr) bool { return len(a) == 1 && a[0].Code() == ma.P_ONION3 }

// OnionOnly keeps the addresses that may be told to peers.
func OnionOnly(addrs []ma.Multiaddr) []ma.Multiaddr { return ma.FilterAddrs(addrs, IsOnion) }

// Resolver refuses: a name that is resolved outside Tor gives away who is going
// to be talked to.
type Resolver struct{}

var _ network.MultiaddrDNSResolver = Resolver{}

var errNoResolver = errors.New("names are not resolved: only onion addresses can be dialled")

// ResolveDNSAddr returns an error.
func (Resolver) ResolveDNSAddr(context.Context, peer.ID, ma.Multiaddr, int, int) ([]ma.Multiaddr, error) {
	return nil, errNoResolver
}

// ResolveDNSComponent returns an error.
func (Resolver) ResolveDNSComponent(context.Context, ma.Multiaddr, int) ([]ma.Multiaddr, error) {
	return nil, errNoResolver
}
