package tortransport_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
)

// Metrics on the program's own registry.
func ExampleWithMetrics() {
	daemon, end := exampleTor()
	defer end()
	server := exampleServer(daemon)
	defer server.Close()

	registry := prometheus.NewRegistry()
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithMetrics(registry)),
		libp2p.NoListenAddrs,
		libp2p.PrometheusRegisterer(registry), // libp2p's own
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	if err := h.Connect(context.Background(), peer.AddrInfo{ID: server.ID(), Addrs: server.Addrs()}); err != nil {
		log.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "onionwire_tor_dials_total" {
			for _, m := range family.GetMetric() {
				if m.GetCounter().GetValue() > 0 {
					fmt.Println(m.GetLabel()[1].GetValue(), m.GetCounter().GetValue())
				}
			}
		}
	}
	// Output: success 1
}

// What the transport logs has onion addresses and peer IDs shortened. Inbound
// connections that fail are no news; they are logged at debug level.
func ExampleWithLogger() {
	daemon, end := exampleTor()
	defer end()

	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithLogger(logger)),
		libp2p.NoListenAddrs,
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	// Output:
}

// Bootstrap peers that are on the clearnet, through Tor's exits.
func ExampleWithClearnet() {
	daemon, end := exampleTor() // a managed one needs tor.Config{AllowExits: true}
	defer end()

	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithClearnet()),
		libp2p.NoListenAddrs,
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	t, ok := tortransport.From(h.Network())
	if !ok {
		log.Fatal("no Tor transport")
	}
	for _, addr := range []string{"/dns4/bootstrap.example.org/tcp/4001", "/dns4/bootstrap.example.org/udp/4001/quic-v1"} {
		fmt.Println(addr, t.CanDial(ma.StringCast(addr)))
	}
	// Output:
	// /dns4/bootstrap.example.org/tcp/4001 true
	// /dns4/bootstrap.example.org/udp/4001/quic-v1 false
}

// Every connection on circuits of its own, instead of every peer.
func ExampleWithIsolationPerConnection() {
	daemon, end := exampleTor()
	defer end()
	h := exampleClient(daemon, tortransport.WithIsolationPerConnection())
	defer h.Close()
	// Output:
}

// A SOCKS proxy that leads to Tor, without a control port: enough to dial.
func ExampleWithDialer() {
	socks, err := proxy.SOCKS5("tcp", "127.0.0.1:9050", nil, proxy.Direct)
	if err != nil {
		log.Fatal(err)
	}
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDialer(socks.(proxy.ContextDialer))),
		libp2p.NoListenAddrs,
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	// Output:
}
