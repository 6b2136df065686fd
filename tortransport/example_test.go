package tortransport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// exampleProtocol is what the hosts of the examples speak.
const exampleProtocol protocol.ID = "/hello/1.0.0"

// exampleTor is a Tor daemon that needs no network, so that the examples can run;
// programs call tor.Start or tor.Attach. Nothing but what it publishes itself can
// be reached through it.
func exampleTor() (daemon *tor.Daemon, end func()) {
	fake, err := tortest.StartFake()
	if err != nil {
		log.Fatal(err)
	}
	control, err := tor.ParseAddr(fake.ControlAddr())
	if err != nil {
		log.Fatal(err)
	}
	daemon, err = tor.Attach(context.Background(), tor.AttachConfig{Control: control})
	if err != nil {
		log.Fatal(err)
	}
	return daemon, func() { daemon.Close(); fake.Close() }
}

// exampleKey makes an onion key and its address. Programs keep the key: see
// onion.LoadOrCreateKey.
func exampleKey() (onion.Key, ma.Multiaddr) {
	key, err := onion.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		log.Fatal(err)
	}
	return key, addr
}

// exampleServer is a host that says hello to everybody.
func exampleServer(daemon *tor.Daemon) host.Host {
	key, addr := exampleKey()
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	h.SetStreamHandler(exampleProtocol, func(s network.Stream) {
		defer s.Close()
		_, _ = io.WriteString(s, "hello") // the other side sees what is missing
	})
	if err := tortransport.Ready(context.Background(), h.Network()); err != nil {
		log.Fatal(err)
	}
	return h
}

// exampleClient is a host that can dial and not be dialled.
func exampleClient(daemon *tor.Daemon, opts ...tortransport.Option) host.Host {
	h, err := libp2p.New(
		preset.Onion(append(opts, tortransport.WithDaemon(daemon))...),
		libp2p.NoListenAddrs,
	)
	if err != nil {
		log.Fatal(err)
	}
	return h
}

// The transport in a libp2p.New that is otherwise left alone. Such a host tells its
// peers its agent version, and relays and resolves names if it is asked to: package
// onionhost/preset makes one that does not.
func ExampleNew() {
	daemon, end := exampleTor()
	defer end()
	key, addr := exampleKey()
	h, err := libp2p.New(
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.DisableRelay(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	fmt.Println("listens on what the key says:", h.Network().ListenAddresses()[0].Equal(addr))
	// Output: listens on what the key says: true
}

// Two round trips after the call, with the connection not even dialled before, the
// first answer is there.
func ExampleOpenStream() {
	daemon, end := exampleTor()
	defer end()
	server, h := exampleServer(daemon), exampleClient(daemon)
	defer server.Close()
	defer h.Close()
	info, err := peer.AddrInfoFromP2pAddr(ma.StringCast(fmt.Sprintf("%s/p2p/%s", server.Addrs()[0], server.ID())))
	if err != nil {
		log.Fatal(err)
	}

	hello := func(ctx context.Context) (string, error) {
		h.Peerstore().AddAddrs(info.ID, info.Addrs, tortransport.DialTimeout)
		s, err := tortransport.OpenStream(ctx, h.Network(), info.ID, "/hello/1.0.0")
		if err != nil {
			return "", err
		}
		defer s.Close()
		answer, err := io.ReadAll(io.LimitReader(s, 1024))
		return string(answer), err
	}
	fmt.Println(hello(context.Background()))
	// Output: hello <nil>
}

// Errors tell why an onion service could not be reached, through all that libp2p
// wraps around them.
func ExampleErrNotFound() {
	daemon, end := exampleTor()
	defer end()
	h := exampleClient(daemon)
	defer h.Close()
	_, nobody := exampleKey()
	somebody, err := peer.Decode("12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2")
	if err != nil {
		log.Fatal(err)
	}

	err = h.Connect(context.Background(), peer.AddrInfo{ID: somebody, Addrs: []ma.Multiaddr{nobody}})
	switch {
	case errors.Is(err, tortransport.ErrNotFound):
		fmt.Println("offline, or not there yet: try again in a minute")
	case errors.Is(err, tortransport.ErrAuthMissing):
		fmt.Println("ask the owner for a key")
	default:
		fmt.Println(err)
	}
	// Output: offline, or not there yet: try again in a minute
}

// A dial that a person waits for goes before those that were made by a program,
// and is made even if the peer could not be reached a moment ago.
func ExampleHurry() {
	daemon, end := exampleTor()
	defer end()
	server, h := exampleServer(daemon), exampleClient(daemon)
	defer server.Close()
	defer h.Close()
	info := peer.AddrInfo{ID: server.ID(), Addrs: server.Addrs()}

	connect := func(ctx context.Context) error {
		defer tortransport.Hurry(h.Network(), info.ID)()
		return h.Connect(ctx, info)
	}
	fmt.Println(connect(context.Background()))
	// Output: <nil>
}
