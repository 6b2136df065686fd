package tortransport_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Two onion services on one host: one address for everybody, and one that only
// friends are told.
func ExampleWithOnionKey() {
	daemon, end := exampleTor()
	defer end()
	public, publicAddr := exampleKey()
	friends, friendsAddr := exampleKey()

	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(public, friends)),
		libp2p.ListenAddrs(publicAddr, friendsAddr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	fmt.Println(len(h.Network().ListenAddresses()), "addresses")
	// Output: 2 addresses
}

// A service that only certain clients can find. The list changes while it runs.
func ExampleWithService() {
	ctx := context.Background()
	daemon, end := exampleTor()
	defer end()
	key, addr := exampleKey()
	annKey, bobKey := exampleClientKey(), exampleClientKey()
	ann, bob := annKey.Public(), bobKey.Public()

	server, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithService(tortransport.Service{
			Key:     key,
			Clients: []onion.ClientPublicKey{ann},
		})),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	h := exampleClient(daemon) // Bob's
	defer h.Close()
	info := peer.AddrInfo{ID: server.ID(), Addrs: server.Addrs()}
	err = onionhost.Connect(ctx, h, info)
	fmt.Println("without a key:", errors.Is(err, tortransport.ErrAuthMissing))

	letIn := func(clients ...onion.ClientPublicKey) error {
		t, ok := tortransport.From(server.Network())
		if !ok {
			return errors.New("no Tor transport")
		}
		if err := t.SetClients(ctx, addr, clients); err != nil {
			return err
		}
		return t.Ready(ctx, addr)
	}
	if err := letIn(ann, bob); err != nil {
		log.Fatal(err)
	}
	if err := daemon.SetClientKey(ctx, key.Address(), bobKey); err != nil {
		log.Fatal(err)
	}
	fmt.Println("with his own:", onionhost.Connect(ctx, h, info))
	// Output:
	// without a key: true
	// with his own: <nil>
}

// exampleClientKey is what a client makes for a service, and keeps.
func exampleClientKey() onion.ClientKey {
	key, err := onion.GenerateClientKey()
	if err != nil {
		log.Fatal(err)
	}
	return key
}

// A service that is made for bad weather. A daemon that is too old for one of the
// defences goes without it and says so in the status, unless that is Required.
func ExampleService() {
	daemon, end := exampleTor()
	defer end()
	key, addr := exampleKey()

	service := tortransport.Service{
		Key:          key,
		PoW:          &tor.PoWConfig{QueueRate: 20, QueueBurst: 100}, // new clients a second, and at once
		MaxStreams:   16,                                             // connections over one circuit
		CloseCircuit: true,
		Required:     []tor.Feature{tor.ProofOfWork},
	}
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithService(service)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	fmt.Println(tortransport.Ready(context.Background(), h.Network()))
	// Output: <nil>
}

// A service of the administrator: the torrc of a tor that we need not even be able
// to control has the lines
//
//	HiddenServiceDir /var/lib/tor/hello
//	HiddenServicePort 4001 unix:/run/hello/onion
//
// and the file "hostname" in its folder has the address.
func ExampleWithConfiguredService() {
	daemon, end := exampleTor()
	defer end()
	dir, err := os.MkdirTemp("", "hello")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "onion")
	hostname := "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"

	service, err := onion.Parse(hostname)
	if err != nil {
		log.Fatal(err)
	}
	target := tor.Addr{Network: "unix", Address: socket} // as in HiddenServicePort
	addr, err := service.Multiaddr(4001)
	if err != nil {
		log.Fatal(err)
	}
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithConfiguredService(service, target)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()
	fmt.Println(tortransport.Ready(context.Background(), h.Network()))
	// Output: the control port does not tell whether the onion service is reachable
}

// The status of a service, for a light that is green when it should be.
func ExampleTransport_Status() {
	daemon, end := exampleTor()
	defer end()
	key, addr := exampleKey()
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer h.Close()

	watch := func(ctx context.Context, addr ma.Multiaddr) error {
		t, ok := tortransport.From(h.Network())
		if !ok {
			return errors.New("no Tor transport")
		}
		states, err := t.Status(ctx, addr)
		if err != nil {
			return err
		}
		for st := range states {
			switch st.Phase {
			case tor.Starting, tor.Uploading: // as long as that takes
			case tor.Reachable:
				fmt.Println("green")
				return nil
			case tor.Degraded, tor.Gone:
				fmt.Println("red:", st.Err)
			}
		}
		return nil
	}
	if err := watch(context.Background(), addr); err != nil {
		log.Fatal(err)
	}
	// Output: green
}
