package dropin_test

import (
	"testing"

	"github.com/libp2p/go-libp2p"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p-kad-dht/dual"
	pb "github.com/libp2p/go-libp2p-kad-dht/pb"
	"github.com/libp2p/go-libp2p/core/host"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func fakeTor(t *testing.T) *tor.Daemon {
	t.Helper()
	control, err := tor.ParseAddr(tortest.NewFake(t).ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	d, err := tor.Attach(testContext(t), tor.AttachConfig{Control: control})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestPublicFilters: what tells public from private addresses drops onion
// addresses, with pubsub.OnlyPublicAddrsOnPeerExchange and both halves of a dual
// table. A dual table finds nobody where a plain one does.
func TestPublicFilters(t *testing.T) {
	d := fakeTor(t)
	a, b := newHost(t, d), newHost(t, d)
	awaitReady(t, a)
	awaitReady(t, b)
	if manet.IsPublicAddr(b.Addrs()[0]) || dht.PublicQueryFilter(nil, infoOf(b)) {
		t.Error("onion addresses count as public")
	}
	both, err := dual.New(testContext(t), a, dual.DHTOption(dht.Mode(dht.ModeServer)))
	if err != nil {
		t.Fatal(err)
	}
	defer both.Close()
	other, err := dual.New(testContext(t), b, dual.DHTOption(dht.Mode(dht.ModeServer)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	plain := newNode(t, a)
	newNode(t, b)
	connect(t, a, b)
	await(t, "the plain table has found the other host", func() bool { return plain.table.RoutingTable().Size() == 1 })
	if wan, lan := both.WAN.RoutingTable().Size(), both.LAN.RoutingTable().Size(); wan != 0 || lan != 0 {
		t.Errorf("a dual table found %d public and %d private peers", wan, lan)
	}
}

// clearHost is a host that listens on an onion address and says that it has
// another one outside Tor. It is made without the preset, which would refuse.
func clearHost(t *testing.T, d *tor.Daemon, foreign ma.Multiaddr) host.Host {
	t.Helper()
	key := newKey(t)
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	h, err := libp2p.New(
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
		libp2p.DisableRelay(),
		libp2p.AddrsFactory(func(addrs []ma.Multiaddr) []ma.Multiaddr { return append(addrs, foreign) }),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestForeignAddresses: a host that has an address outside Tor as well provides
// something. The table tells its onion address only.
func TestForeignAddresses(t *testing.T) {
	d := fakeTor(t)
	foreign := ma.StringCast("/ip4/192.0.2.7/tcp/4001")
	provider, middle := clearHost(t, d, foreign), newHost(t, d)
	awaitReady(t, provider)
	awaitReady(t, middle)
	from, to := newNode(t, provider), newNode(t, middle)
	connect(t, provider, middle)
	await(t, "the provider knows a node", func() bool { return from.table.RoutingTable().Size() == 1 })
	await(t, "the node knows the foreign address", func() bool {
		return ma.Contains(middle.Peerstore().Addrs(provider.ID()), foreign)
	})
	id := cidOf(t, "something")
	if err := from.table.Provide(testContext(t), id, true); err != nil {
		t.Fatal(err)
	}
	messenger, err := pb.NewProtocolMessenger(from.table.MessageSender())
	if err != nil {
		t.Fatal(err)
	}
	await(t, "the node tells who the provider is", func() bool {
		found, _, err := messenger.GetProviders(testContext(t), to.ID(), id.Hash())
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			return false // what is provided is not confirmed
		}
		if addrs := found[0].Addrs; len(addrs) != 1 || !addrs[0].Equal(provider.Network().ListenAddresses()[0]) {
			t.Errorf("the table tells %v", addrs)
		}
		return true
	})
}
