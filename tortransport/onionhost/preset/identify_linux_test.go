package preset_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// observed is where peers claim to see a host.
var observed = ma.StringCast("/ip4/203.0.113.77/tcp/4001")

// TestNothingIsTold runs hosts on a machine with addresses of loopback, of a LAN
// and of IPv6, and records everything that a peer is told: identify messages, asked
// for and pushed, and signed peer records. There is nothing of the machine, its
// user or the program in it. A stock host with the same transport does tell.
func TestNothingIsTold(t *testing.T) {
	if !isInside() {
		runInside(t)
		return
	}
	newMachine(t)
	d := fakeTor(t)
	secrets := append(secretsOf(t), secret{"the address that peers claim to see", observed.Bytes()[1:5]})
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			own := kind.make(t, d)
			for _, what := range findSecrets(tell(t, own, newRecorder(t, d)), secrets) {
				t.Errorf("the peer is told %s", what)
			}
		})
	}
	t.Run("stock", func(t *testing.T) {
		found := findSecrets(tell(t, talkativeHost(t, d), newRecorder(t, d)), secrets)
		for _, want := range []string{
			"the address 127.0.0.1", "the address 192.168.77.9", "the address 10.33.44.55", "the address 2001:db8:77::9",
			"the address fd12:3456:789a::9", "the module",
		} {
			if !slices.Contains(found, want) {
				t.Errorf("%s is not found where it must be", want)
			}
		}
	})
}

// talkativeHost is what libp2p.New makes if the transport is just added.
func talkativeHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	key, addr := newKey(t)
	h, err := libp2p.New(
		libp2p.DefaultTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
		libp2p.ListenAddrStrings("/ip4/0.0.0.0/tcp/0", "/ip6/::/tcp/0"),
	)
	if err != nil {
		t.Fatal(err)
	}
	return ready(t, h)
}

// tell has a host tell a peer all that it ever does, over connections in both
// directions, and returns it with what is in the host's own book.
func tell(t *testing.T, own host.Host, to *recorder) []byte {
	t.Helper()
	onions := peer.AddrInfo{ID: own.ID(), Addrs: own.Network().ListenAddresses()}
	onions.Addrs = slices.DeleteFunc(onions.Addrs, func(a ma.Multiaddr) bool { return a[0].Code() != ma.P_ONION3 })
	to.lie(observed)
	for i, connect := range []func() error{
		func() error { return to.Connect(testContext(t), onions) },
		func() error { return own.Connect(testContext(t), infoOf(to)) },
	} {
		if err := connect(); err != nil {
			t.Fatal(err)
		}
		for _, c := range to.Network().ConnsToPeer(own.ID()) {
			to.identify(c)
		}
		awaitPush(t, own, to, protocol.ID([]string{"/one/1", "/two/1"}[i]))
		if err := to.Network().ClosePeer(own.ID()); err != nil {
			t.Fatal(err)
		}
		awaitClosed(t, own, to.ID())
	}
	told, signed := to.recording(), ownRecord(t, own)
	if !bytes.Contains(told, signed) {
		t.Error("the recording has no signed record")
	}
	return append(told, signed...)
}

// awaitPush gives a host a protocol, of which it tells those who are connected.
func awaitPush(t *testing.T, own host.Host, to *recorder, p protocol.ID) {
	t.Helper()
	own.SetStreamHandler(p, func(s network.Stream) { s.Reset() })
	select {
	case <-to.pushes.Out():
	case <-testContext(t).Done():
		t.Fatal("no identify push")
	}
	if got, err := to.Peerstore().SupportsProtocols(own.ID(), p); err != nil || len(got) != 1 {
		t.Fatalf("the push does not tell of %s: %v", p, err)
	}
}

// ownRecord is the signed peer record that a host keeps of itself.
func ownRecord(t *testing.T, h host.Host) []byte {
	t.Helper()
	book, ok := peerstore.GetCertifiedAddrBook(h.Peerstore())
	if !ok {
		t.Fatal("the host keeps no signed records")
	}
	envelope := book.GetPeerRecord(h.ID())
	if envelope == nil {
		t.Fatal("the host has no signed record of itself")
	}
	raw, err := envelope.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
