package tortransport_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// exitTorrc lets a client of a private network use exits to loopback.
const exitTorrc = "ClientRejectInternalAddresses 0\nClientDNSRejectInternalAddresses 0\n"

// nameServer answers every question for an IPv4 address with 127.0.0.1, and
// counts the questions.
type nameServer struct {
	conn  net.PacketConn
	asked atomic.Int32
}

func startNameServer(t *testing.T) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{conn: conn}
	var task sync.WaitGroup
	task.Go(n.serve)
	t.Cleanup(func() { conn.Close(); task.Wait() })
	return n
}

func (n *nameServer) serve() {
	b := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(b)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(b[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		n.asked.Add(1)
		m.Header = dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}
		m.Additionals = nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			}}
		}
		if answer, err := m.Pack(); err == nil {
			_, _ = n.conn.WriteTo(answer, from)
		}
	}
}

// resolving starts a private network whose exits ask a name server of the test.
func resolving(t *testing.T) (*tortest.Network, *nameServer) {
	t.Helper()
	n := startNameServer(t)
	conf := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "nameserver %s\n", n.conn.LocalAddr()), 0o600); err != nil {
		t.Fatal(err)
	}
	return tortest.New(t, tortest.Config{Torrc: fmt.Sprintf("ServerDNSResolvConfFile %q\n", conf)}), n
}

// tcpHost is a stock host on loopback.
func tcpHost(t *testing.T) host.Host {
	t.Helper()
	h, err := libp2p.New(libp2p.NoTransports, libp2p.Transport(tcp.NewTCPTransport), libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestClearnet dials peers by IP address and by name through exits, which resolve
// the names. Without isolation they would share circuits.
func TestClearnet(t *testing.T) {
	network, names := resolving(t)
	o := startObserved(t, network)
	client := partyConfig{}.new(t, tortransport.WithDaemon(o.Daemon), tortransport.WithClearnet())
	var targets []string
	for _, host := range []string{"/ip4/127.0.0.1", "/ip4/127.0.0.1", "/dns4/peer.example", "/dns/other.example"} {
		server := tcpHost(t)
		port, err := server.Addrs()[0].ValueForProtocol(ma.P_TCP)
		if err != nil {
			t.Fatal(err)
		}
		addr := ma.StringCast(host + "/tcp/" + port)
		if !client.CanDial(addr) {
			t.Fatalf("%s cannot be dialled", host)
		}
		c := client.mustDial(t, addr, server.ID())
		defer c.Close()
		targets = append(targets, port)
	}
	// Tor shows the address that it has learned for a name.
	byPort := make(map[string][]string)
	for target, circuits := range o.circuits(t) {
		_, port, _ := net.SplitHostPort(target) // as tor writes it
		byPort[port] = append(byPort[port], circuits...)
	}
	wantSeparate(t, byPort, targets)
	if names.asked.Load() == 0 {
		t.Error("no exit has resolved a name")
	}
}

// TestClearnetIsOff: without the option, and through a daemon that does not permit
// exits, nothing but onion addresses is dialled.
func TestClearnetIsOff(t *testing.T) {
	_, b := sharedTors(t)
	server := tcpHost(t)
	if newParty(t, b).CanDial(server.Addrs()[0]) {
		t.Error("clearnet addresses can be dialled without the option")
	}
	client := partyConfig{}.new(t, tortransport.WithDaemon(b), tortransport.WithClearnet())
	ctx, cancel := context.WithTimeout(testContext(t), testTimeout/2)
	defer cancel()
	err := client.dialFails(t, ctx, server.Addrs()[0], server.ID())
	if ctx.Err() != nil {
		t.Errorf("it took until the time was over: %v", err)
	}
	t.Log(err)
}

// TestClearnetNames: a host hands names to Tor as they are, and nobody else hears
// of them.
func TestClearnetNames(t *testing.T) {
	f, d := fakeTor(t)
	h := ownHostWith(t, d, []tortransport.Option{tortransport.WithClearnet()})
	var asked atomic.Int32
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked.Add(1)
		return nil, net.ErrClosed
	}}
	t.Cleanup(func() { net.DefaultResolver = before })
	for _, addr := range []string{
		"/dns/a.example/tcp/1", "/dns4/b.example/tcp/2", "/dns6/c.example/tcp/3",
		"/ip4/192.0.2.1/tcp/4", "/ip6/2001:db8::1/tcp/5",
		"/dnsaddr/d.example", "/dns4/e.example/tcp/443/wss", "/ip4/192.0.2.1/udp/6/quic-v1", // not for Tor
	} {
		_ = h.Connect(testContext(t), peer.AddrInfo{ID: randomPeer(t), Addrs: []ma.Multiaddr{ma.StringCast(addr)}})
	}
	var hosts []string
	for _, r := range f.Requests() {
		hosts = append(hosts, r.Host)
	}
	if want := []string{"a.example", "b.example", "c.example", "192.0.2.1", "2001:db8::1"}; !slices.Equal(hosts, want) {
		t.Errorf("Tor was asked for %q, want %q", hosts, want)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the system's resolver was asked %d times", n)
	}
}

// TestClearnetExcludesTCP: libp2p would choose between the two by chance.
func TestClearnetExcludesTCP(t *testing.T) {
	_, d := fakeTor(t)
	h := ownHostWith(t, d, []tortransport.Option{tortransport.WithClearnet()})
	direct, err := tcp.NewTCPTransport(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Network().(*swarm.Swarm).AddTransport(direct); err == nil {
		t.Error("a second transport for TCP was taken")
	}
}
