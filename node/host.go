package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// listen makes the libp2p host, which listens on all onion addresses of the profile.
func (n *Node) listen(identity ed25519.PrivateKey) (host.Host, error) {
	key, err := crypto.UnmarshalEd25519PrivateKey(identity)
	if err != nil {
		return nil, err
	}
	keys := n.profile.OnionKeys()
	places, err := listenAddresses(keys)
	if err != nil {
		return nil, err
	}
	var services []tortransport.Service
	for _, k := range keys {
		services = append(services, serviceOf(k))
	}
	return onionhost.New(onionhost.Config{
		Key:         key,
		ListenAddrs: places,
		Ping:        true,
		Gater:       &n.gate,
		Limits:      func(all network.ResourceManager) network.ResourceManager { return newVisitors(all, &n.gate) },
		Transport: []tortransport.Option{
			tortransport.WithDaemon(n.daemon),
			tortransport.WithService(services...),
			tortransport.WithLogger(n.log),
		},
	})
}

// maxStreams is how many connections somebody may have over one circuit of Tor's: one,
// and some that are being replaced.
const maxStreams = 8

// serviceOf is how an onion address is served. Who floods it has to work for it, and
// gets no further than others who work as much.
func serviceOf(k onion.Key) tortransport.Service {
	return tortransport.Service{Key: k, PoW: new(tor.PoWConfig), MaxStreams: maxStreams}
}

func listenAddresses(keys []onion.Key) ([]ma.Multiaddr, error) {
	var all []ma.Multiaddr
	for _, k := range keys {
		m, err := k.Address().Multiaddr(profile.Port)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// handle answers the streams that peers open.
func (n *Node) handle() {
	n.host.SetStreamHandler(wire.ProtocolID, n.onStream)
	n.host.SetStreamHandler(transfer.ProtocolID, n.onFile)
	n.host.Network().Notify(&network.NotifyBundle{ConnectedF: n.onConnection})
}

// errOffline is what needs Tor at a node without.
var errOffline = fmt.Errorf("%w: the node is offline", ErrUnavailable)

// Ready waits until contacts can reach the node, at all its addresses. It returns why
// an onion service is gone, ErrClosed, or an error that matches the context's.
func (n *Node) Ready(ctx context.Context) error {
	if err := n.Err(); err != nil {
		return err
	}
	if n.cfg.Offline {
		return errOffline
	}
	if err := n.daemon.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return tortransport.ErrNotListening
	}
	var unknown error // some daemons do not say of any of them
	for _, place := range n.host.Network().ListenAddresses() {
		switch err := t.Ready(ctx, place); {
		case err == nil:
		case errors.Is(err, tor.ErrReadinessUnknown):
			unknown = err
		case ctx.Err() != nil || n.lives(place):
			return err
		}
	}
	return unknown
}

// lives reports whether an address is one of ours. It may be given up at any time.
func (n *Node) lives(place ma.Multiaddr) bool {
	all, err := listenAddresses(n.profile.OnionKeys())
	return err != nil || slices.ContainsFunc(all, place.Equal)
}

// ServiceStatus yields how the node's onion service is doing, now and after every
// change, until it is gone or ctx is done.
func (n *Node) ServiceStatus(ctx context.Context) (iter.Seq[tor.ServiceStatus], error) {
	if n.cfg.Offline {
		return nil, errOffline
	}
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return nil, tortransport.ErrNotListening
	}
	places, err := listenAddresses(n.profile.OnionKeys()[:1])
	if err != nil {
		return nil, err
	}
	return t.Status(ctx, places[0])
}
