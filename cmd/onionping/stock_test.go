package main

import (
	"context"
	"syscall"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestStockHost pings a host that libp2p.New has made, and is pinged by it.
func TestStockHost(t *testing.T) {
	t.Parallel()
	network := clitest.Network(t)
	ctx, cancel := context.WithTimeout(t.Context(), clitest.Soon)
	defer cancel()
	stock := stockHost(ctx, t)

	box := clitest.NewBox(t)
	dial := box.Run(0, "dial", "-n", "2", "--interval", "10ms", "--tor-network", network.TorrcFile(),
		stock.Addrs()[0].String()+"/p2p/"+stock.ID().String())
	wantPings(t, dial.Out.All(), 2)

	listener := box.Start("listen", "--tor-network", network.TorrcFile())
	to, err := peer.AddrInfoFromString(listener.Out.Await(t, "/onion3/"))
	if err != nil {
		t.Fatal(err)
	}
	if err := stock.Connect(ctx, *to); err != nil {
		t.Fatal(err)
	}
	pinging, stop := context.WithCancel(ctx)
	results := ping.Ping(pinging, stock, to.ID)
	if r := <-results; r.Error != nil || r.RTT <= 0 {
		t.Errorf("ping gave %v, %v", r.RTT, r.Error)
	}
	stop()
	for range results { // until its goroutine has ended
	}
	listener.End(syscall.SIGTERM, 0)
}

func stockHost(ctx context.Context, t *testing.T) host.Host {
	t.Helper()
	daemon, err := tor.Start(ctx, tor.Config{Torrc: clitest.Network(t).Torrc()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.Close() })
	key, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	h, err := libp2p.New(
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.DisableRelay(),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if err := tortransport.Ready(ctx, h.Network()); err != nil {
		t.Fatal(err)
	}
	return h
}
