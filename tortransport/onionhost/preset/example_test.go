package preset_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/libp2p/go-libp2p"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// A host that anybody can reach by its onion address, and nobody can find by
// another one. It needs the Tor network and is therefore not run.
func ExampleOnion() {
	ctx := context.Background()
	daemon, err := tor.Start(ctx, tor.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer daemon.Close()
	key, err := onion.LoadOrCreateKey("onion.key")
	if err != nil {
		log.Fatal(err)
	}
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		log.Fatal(err)
	}
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	if err := tortransport.Ready(ctx, h.Network()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("reachable at", h.Addrs()[0])
}

// What would give the host away is refused, and named.
func ExampleOnion_refusal() {
	_, err := libp2p.New(
		preset.Onion(),
		libp2p.UserAgent("chat/2.11 (linux)"),
	)
	fmt.Println(errors.Is(err, preset.ErrLeak))
	fmt.Println(err)
	// Output:
	// true
	// a private host cannot have this option: libp2p.UserAgent: it tells programs and their versions apart
}
