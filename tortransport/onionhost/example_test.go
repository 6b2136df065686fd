package onionhost_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// exampleTor is a Tor daemon that needs no network, so that the examples can run;
// programs call tor.Start or tor.Attach.
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

// exampleIdentity is a libp2p identity. Programs keep theirs.
func exampleIdentity() crypto.PrivKey {
	identity, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	return identity
}

// A host that anybody can reach by its onion address.
func ExampleNew() {
	daemon, end := exampleTor()
	defer end()
	identity := exampleIdentity()
	key, err := onion.GenerateKey() // programs keep it: onion.LoadOrCreateKey
	if err != nil {
		log.Fatal(err)
	}
	addr, err := key.Address().Multiaddr(4001)
	if err != nil {
		log.Fatal(err)
	}

	h, err := onionhost.New(onionhost.Config{
		Key:         identity,
		ListenAddrs: []ma.Multiaddr{addr},
		Transport:   []tortransport.Option{tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)},
		Ping:        true,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	if err := tortransport.Ready(context.Background(), h.Network()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("reachable at one address:", len(h.Addrs()) == 1 && h.Addrs()[0].Equal(addr))
	// Output: reachable at one address: true
}

// The error is the reason and nothing else, without the addresses that libp2p's
// errors have in full.
func ExampleConnect() {
	daemon, end := exampleTor()
	defer end()
	h, err := onionhost.New(onionhost.Config{
		Key:       exampleIdentity(),
		Transport: []tortransport.Option{tortransport.WithDaemon(daemon)},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	info, err := peer.AddrInfoFromString("/onion3/pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd:4001" +
		"/p2p/12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2")
	if err != nil {
		log.Fatal(err)
	}
	err = onionhost.Connect(context.Background(), h, *info)
	fmt.Println(errors.Is(err, tortransport.ErrNotFound))
	fmt.Println(err)
	// Output:
	// true
	// dialling pg6m…cryd.onion: onion service not found (onion service descriptor not found)
}
