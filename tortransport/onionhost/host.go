// Package onionhost puts a libp2p host together that lives on onion addresses
// only. It has no other transport, resolves no names, relays nothing, probes
// nothing, and tells its peers nothing but its onion addresses and protocols.
//
// It is built from libp2p's parts instead of libp2p.New, so that transports
// that could leak are not even part of the program. For a program that uses
// libp2p.New, package preset makes the same host of it.
package onionhost

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// Resolver is libp2p's resolver of names for hosts that are made in another way: it
// refuses, since a name that is looked up outside Tor gives away who is going to be
// talked to. See libp2p.MultiaddrResolver and swarm.WithMultiaddrResolver.
type Resolver = parts.Resolver

// Config describes a host.
type Config struct {
	// Key is the identity key of the host; required.
	Key crypto.PrivKey
	// ListenAddrs are the onion addresses to listen on. Their keys are given
	// by tortransport.WithOnionKey in Transport.
	ListenAddrs []ma.Multiaddr
	// Transport configures the transport; WithDaemon is required.
	Transport []tortransport.Option
	// Gater decides which connections are allowed; nil allows all.
	Gater connmgr.ConnectionGater
	// Ping makes the host answer libp2p pings.
	Ping bool
	// Limits, unless it is nil, may put something before the limits of the host: it
	// is given them, and what it returns takes their place.
	Limits func(network.ResourceManager) network.ResourceManager
}

// New makes a host that listens on all of its onion addresses and closes over
// nothing of the caller's: the Tor daemon outlives it. Whether an address can be
// reached yet is told by tortransport.Ready. Errors match those of the
// transport's Listen.
func New(cfg Config) (host.Host, error) {
	if cfg.Key == nil {
		return nil, errors.New("a host needs an identity key")
	}
	id, err := peer.IDFromPrivateKey(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("identity key: %w", err)
	}
	ps, err := pstoremem.NewPeerstore()
	if err != nil {
		return nil, err
	}
	h, err := assemble(cfg, id, ps)
	if err != nil {
		ps.Close()
		return nil, err
	}
	if err := parts.Listen(h.Network().(*swarm.Swarm), cfg.ListenAddrs); err != nil {
		h.Close()
		return nil, err
	}
	if err := h.Start(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func assemble(cfg Config, id peer.ID, ps peerstore.Peerstore) (*bareHost, error) {
	if err := errors.Join(ps.AddPrivKey(id, cfg.Key), ps.AddPubKey(id, cfg.Key.GetPublic())); err != nil {
		return nil, err
	}
	limits, err := parts.NewResourceManager(rcmgr.WithMetricsDisabled())
	if err != nil {
		return nil, err
	}
	if cfg.Limits != nil {
		limits = cfg.Limits(limits)
	}
	bus := eventbus.NewBus()
	net, err := swarm.NewSwarm(id, ps, bus,
		swarm.WithResourceManager(limits),
		swarm.WithConnectionGater(cfg.Gater),
		swarm.WithDialTimeout(tortransport.MaxDialTimeout), // the transport has its own
		swarm.WithMultiaddrResolver(parts.Resolver{}),
	)
	if err != nil {
		limits.Close()
		return nil, err
	}
	h, err := newBareHost(net, bus, cfg.Ping)
	if err != nil {
		net.Close()
		return nil, err
	}
	if err := addTransport(net, cfg, limits); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func addTransport(net *swarm.Swarm, cfg Config, limits network.ResourceManager) error {
	muxers := parts.Muxers()
	security, err := noise.New(noise.ID, cfg.Key, muxers)
	if err != nil {
		return err
	}
	up, err := upgrader.New([]sec.SecureTransport{security}, muxers, nil, limits, cfg.Gater)
	if err != nil {
		return err
	}
	t, err := tortransport.New(up, limits, cfg.Transport...)
	if err != nil {
		return err
	}
	return net.AddTransport(t)
}
