package tortransport_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// told is everything that was logged or returned as an error, and the names that
// it must not have. All methods may be called concurrently.
type told struct {
	mu    sync.Mutex
	text  bytes.Buffer
	names []string
}

// Write implements io.Writer for slog's handlers.
func (o *told) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

// logger logs everything, in both of the forms that slog has: they print a value
// by different methods of it.
func (o *told) logger() *slog.Logger {
	all := &slog.HandlerOptions{Level: slog.LevelDebug}
	return slog.New(slog.NewMultiHandler(slog.NewTextHandler(o, all), slog.NewJSONHandler(o, all)))
}

// failed notes an error as a caller may print it, and log it.
func (o *told) failed(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	fmt.Fprintf(o, "%v\n%+v\n", err, err)
	o.logger().Error("failed", "error", err)
}

// address makes the names of an onion service secret.
func (o *told) address(t *testing.T, m ma.Multiaddr) ma.Multiaddr {
	t.Helper()
	a, _, err := onion.FromMultiaddr(m)
	if err != nil {
		t.Fatal(err)
	}
	o.secret(a.ServiceID(), hex.EncodeToString(a.PublicKey()), base64.StdEncoding.EncodeToString(a.PublicKey()))
	return m
}

// key is address for a service of our own.
func (o *told) key(t *testing.T) onion.Key {
	t.Helper()
	k := newKey(t)
	o.address(t, onionAddr(t, k))
	o.secret(strings.TrimPrefix(k.ControlString(), "ED25519-V3:"))
	return k
}

// peer makes the names of a peer secret.
func (o *told) peer(p peer.ID) peer.ID {
	o.secret(p.String(), peer.ToCid(p).String(), hex.EncodeToString([]byte(p)))
	return p
}

func (o *told) secret(names ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range names {
		o.names = append(o.names, strings.ToLower(n))
	}
}

// window is how many characters of a name in a row are too many. Abridged, it has
// four at each end, and all Ed25519 peer IDs begin with the same eight.
const window = 12

// wantDiscreet checks that no name was told, nor half of one.
func (o *told) wantDiscreet(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for line := range strings.Lines(strings.ToLower(o.text.String())) {
		for _, name := range o.names {
			for i := range len(name) - window + 1 {
				if part := name[i : i+window]; strings.Contains(line, part) {
					t.Errorf("a name is told: %s", strings.ReplaceAll(line, part, "[…]"))
					break
				}
			}
		}
	}
}

// wantLogged checks that something was logged, without which the test would have
// looked at nothing.
func (o *told) wantLogged(t *testing.T, messages ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range messages {
		if !bytes.Contains(o.text.Bytes(), []byte(m)) {
			t.Errorf("nothing was logged of %q", m)
		}
	}
}

func (o *told) attach(t *testing.T) (*tortest.Fake, *tor.Daemon) {
	t.Helper()
	f := tortest.NewFake(t)
	return f, attach(t, tor.AttachConfig{Control: parseAddr(t, f.ControlAddr()), Log: o.logger()})
}

func (o *told) party(t *testing.T, d *tor.Daemon, cfg partyConfig, opts ...tortransport.Option) party {
	t.Helper()
	p := cfg.new(t, append([]tortransport.Option{tortransport.WithDaemon(d), tortransport.WithLogger(o.logger())}, opts...)...)
	o.peer(p.id)
	return p
}

// TestDialsAreDiscreet has every outcome of a dial.
func TestDialsAreDiscreet(t *testing.T) {
	var o told
	f, d := o.attach(t)
	k := o.key(t)
	server := o.party(t, d, partyConfig{}, tortransport.WithOnionKey(k))
	addr := server.serve(t, k)
	client := o.party(t, d, partyConfig{})
	client.mustDial(t, addr, server.id).Close()
	dial := func(p party, to ma.Multiaddr, id peer.ID) {
		t.Helper()
		ctx, cancel := context.WithTimeout(testContext(t), time.Second)
		defer cancel()
		o.failed(t, p.dialFails(t, ctx, to, id))
	}
	newAddr := func() ma.Multiaddr { return o.address(t, onionAddr(t, newKey(t))) }

	for _, reply := range []tortest.FakeSocksReply{
		{Code: 0x01},
		{Code: 0x04},
		{Code: 0x05},
		{Code: 0x06},
		{Code: 0xf0},
		{Code: 0xf1},
		{Code: 0xf2},
		{Code: 0xf3},
		{Code: 0xf4},
		{Code: 0xf5},
		{Code: 0xf6},
		{Code: 0xf7},
		{Drop: true},
		{Silent: true},
		{Raw: []byte("\x05\x00\x00\x03")},
	} {
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return reply })
		to := newAddr()
		for range 2 { // the second may be answered from memory
			dial(client, to, server.id)
		}
	}
	for _, bytes := range []int64{-1, 10, 100, 200} {
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
			return tortest.FakeSocksReply{CutSent: bytes, CutReceived: bytes}
		})
		dial(client, addr, server.id)
	}
	f.OnSocks(nil)
	dial(client, addr, o.peer(randomPeer(t)))
	dial(client, newAddr(), server.id)
	dial(client, ma.StringCast("/dns/"+k.Address().String()+"/tcp/80"), server.id)
	dial(client, addr.Encapsulate(ma.StringCast("/p2p/"+server.id.String())), server.id)
	for index := range 2 {
		m := damaged(t, 33+index)
		o.secret(m.String()[len("/onion3/"):])
		dial(client, m, server.id)
	}
	dial(o.party(t, d, partyConfig{}, tortransport.WithDialer(tellingDialer{server.id.String()})), addr, server.id)
	dial(o.party(t, d, partyConfig{limits: noConnections(t)}), addr, server.id)
	dial(o.party(t, d, partyConfig{limits: noPeer(t)}), addr, server.id)
	d.Close()
	dial(client, addr, server.id)
	awaitCount(t, &o, "onion service is gone", 1)
	o.wantLogged(t, "resource manager blocked", "inbound connection failed")
	o.wantDiscreet(t)
}

// noConnections and noPeer are libp2p's own resource manager, whose errors say
// which of its scopes is full.
func noConnections(t *testing.T) *countingManager {
	t.Helper()
	return limited(t, rcmgr.PartialLimitConfig{System: rcmgr.ResourceLimits{Conns: rcmgr.BlockAllLimit}})
}

func noPeer(t *testing.T) *countingManager {
	t.Helper()
	return limited(t, rcmgr.PartialLimitConfig{PeerDefault: rcmgr.ResourceLimits{Conns: rcmgr.BlockAllLimit, ConnsOutbound: rcmgr.BlockAllLimit}})
}

func limited(t *testing.T, limits rcmgr.PartialLimitConfig) *countingManager {
	t.Helper()
	m, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits.Build(rcmgr.InfiniteLimits)), rcmgr.WithMetricsDisabled())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return &countingManager{ResourceManager: m}
}

// TestListeningIsDiscreet has services that are refused, fail to upload, lose
// their Tor and come back, and peers that misbehave.
func TestListeningIsDiscreet(t *testing.T) {
	var o told
	f, d := o.attach(t)
	keys := []onion.Key{o.key(t), o.key(t), o.key(t)}
	server := o.party(t, d, partyConfig{}, tortransport.WithOnionKey(keys...), tortransport.WithAcceptTimeout(200*time.Millisecond))
	_, err := server.Listen(o.address(t, onionAddr(t, newKey(t))))
	o.failed(t, err)
	addr := server.serve(t, keys[0])
	_, err = server.Listen(addr)
	o.failed(t, err)

	dialRaw(t, d.SOCKS(), addr)
	dialRaw(t, d.SOCKS(), addr).Close()
	c := dialRaw(t, d.SOCKS(), addr)
	fmt.Fprint(c, strings.Repeat("x", 1000))
	eventually(t, func() bool { return strings.Count(o.String(), "inbound connection failed") >= 2*3 }, func() {
		t.Error("three bad peers are not all noticed")
	})

	f.SetUploads(tortest.FakeUploads{Failed: 3})
	failing, err := server.Listen(onionAddr(t, keys[1]))
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(testContext(t), 200*time.Millisecond)
	defer cancel()
	o.failed(t, server.Ready(short, failing.Multiaddr()))
	f.SetUploads(tortest.FakeUploads{})
	if err := f.Restart(); err != nil {
		t.Fatal(err)
	}
	awaitCount(t, &o, "tor is back", 1)
	if err := server.Ready(testContext(t), addr); err != nil {
		t.Fatal(err)
	}
	f.DropControl()
	awaitCount(t, &o, "tor is back", 2)

	f.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, "ADD_ONION") { // as a filter would say it
			return tortest.FakeReply{Lines: []string{"510 Command filtered: " + cmd + " for " + keys[2].Address().String()}}
		}
		return tortest.FakeReply{}
	})
	refused, err := server.Listen(onionAddr(t, keys[2]))
	if err != nil {
		t.Fatal(err)
	}
	o.failed(t, acceptError(t, refused))
	f.DropControl()
	awaitCount(t, &o, "tor does not take an onion service back", 1)
	eventually(t, func() bool { err = server.Ready(short, addr); return err != nil }, func() {
		t.Fatal("a service that tor refuses stays reachable")
	})
	o.failed(t, err)
	d.Close()
	_, err = server.Listen(onionAddr(t, keys[2]))
	o.failed(t, err)
	awaitCount(t, &o, "onion service is gone", 3)
	o.wantLogged(t, "tor is lost", "tor is back")
	o.wantDiscreet(t)
}

func (o *told) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// awaitCount waits until something was logged so often: twice each, in two forms.
func awaitCount(t *testing.T, o *told, message string, n int) {
	t.Helper()
	eventually(t, func() bool { return strings.Count(o.String(), message) >= 2*n }, func() {
		t.Fatalf("%q was not logged %d times", message, n)
	})
}

// TestHostsAreDiscreet looks at the errors that a host's user gets.
func TestHostsAreDiscreet(t *testing.T) {
	var o told
	f, d := o.attach(t)
	k := o.key(t)
	logged := []tortransport.Option{tortransport.WithLogger(o.logger())}
	server, client := ownHostWith(t, d, logged, k), ownHostWith(t, d, logged)
	o.peer(server.ID())
	o.peer(client.ID())
	awaitReady(t, server.Network())
	if err := onionhost.Connect(testContext(t), client, infoOf(server)); err != nil {
		t.Fatal(err)
	}
	connect := func(id peer.ID, addrs ...ma.Multiaddr) {
		t.Helper()
		ctx, cancel := context.WithTimeout(testContext(t), time.Second)
		defer cancel()
		o.failed(t, onionhost.Connect(ctx, client, peer.AddrInfo{ID: id, Addrs: addrs}))
	}
	connect(o.peer(randomPeer(t)), server.Addrs()...)
	connect(client.ID(), server.Addrs()...)
	connect(o.peer(randomPeer(t)))
	connect(o.peer(randomPeer(t)), ma.StringCast("/dns4/"+k.Address().String()+"/tcp/80"))
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: 0xf0} })
	connect(o.peer(randomPeer(t)), o.address(t, onionAddr(t, newKey(t))), o.address(t, onionAddr(t, newKey(t))))
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Silent: true} })
	connect(o.peer(randomPeer(t)), o.address(t, onionAddr(t, newKey(t))))
	o.wantDiscreet(t)
}

// TestTorIsDiscreet has real tor, of which every line is logged.
func TestTorIsDiscreet(t *testing.T) {
	t.Parallel()
	var o told
	d, err := tor.Start(testContext(t), tor.Config{DataDir: t.TempDir(), Torrc: privateNetwork(t).Torrc(), Log: o.logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	k := o.key(t)
	p := o.party(t, d, partyConfig{}, tortransport.WithOnionKey(k))
	addr := p.serve(t, k)
	p.mustDial(t, addr, p.id).Close()
	for _, to := range []ma.Multiaddr{onPort(t, k, 81), o.address(t, onionAddr(t, newKey(t)))} {
		o.failed(t, p.dialFails(t, testContext(t), to, p.id))
	}
	m := wrongChecksum(t)
	o.secret(m.String()[len("/onion3/"):])
	o.failed(t, p.dialFails(t, testContext(t), m, p.id))
	d.Close()
	o.wantLogged(t, "msg=tor", "bootstrap")
	o.wantDiscreet(t)
}
