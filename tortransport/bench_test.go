package tortransport_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// benchDelay makes each link of the network as slow as those of the real one are:
// a round trip between client and service crosses 14 links.
const benchDelay = 20 * time.Millisecond

// slow is the network of all benchmarks, with what they measure against: a raw
// echo service that knows nothing of libp2p, at the same daemon as the hosts. It
// stays until the end of the program.
var slow struct {
	once   sync.Once
	net    *tortest.Network
	a, b   *tor.Daemon
	echo   *echoService
	closed []func() // in the order of calling
	err    error
}

// stopSlow ends what the benchmarks have started.
func stopSlow() error {
	for _, end := range slow.closed {
		end()
	}
	if slow.net == nil {
		return nil
	}
	return slow.net.Stop()
}

// echoService is an onion service that answers with what it gets.
type echoService struct{ addr onion.Address }

func startEcho(ctx context.Context, d *tor.Daemon) (*echoService, func(), error) {
	l, err := d.ListenTarget()
	if err != nil {
		return nil, nil, err
	}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			})
		}
	})
	end := func() { l.Close(); tasks.Wait() }
	k, err := onion.GenerateKey()
	if err != nil {
		return nil, end, err
	}
	s, err := d.Publish(tor.ServiceConfig{Key: k, Port: virtualPort, Target: l.Addr()})
	if err != nil {
		return nil, end, err
	}
	return &echoService{k.Address()}, end, s.Ready(ctx)
}

func slowNetwork(b *testing.B) {
	b.Helper()
	slow.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*testTimeout)
		defer cancel()
		slow.err = func() (err error) {
			if slow.net, err = tortest.Start(ctx, tortest.Config{LinkDelay: benchDelay}); err != nil {
				return err
			}
			for _, d := range []**tor.Daemon{&slow.a, &slow.b} {
				*d, err = tor.Start(ctx, tor.Config{Torrc: slow.net.Torrc()})
				if err != nil {
					return err
				}
				slow.closed = append(slow.closed, func() { (*d).Close() })
				if err := (*d).WaitReady(ctx); err != nil {
					return err
				}
			}
			var end func()
			slow.echo, end, err = startEcho(ctx, slow.a)
			if end != nil {
				slow.closed = append(slow.closed, end)
			}
			return err
		}()
	})
	if slow.err != nil {
		b.Fatal(slow.err)
	}
}

// dialEcho connects to the raw echo service through SOCKS.
func dialEcho(b *testing.B) net.Conn {
	b.Helper()
	c, err := socksDialer(b, slow.b).DialContext(testContext(b), "tcp", net.JoinHostPort(slow.echo.addr.String(), strconv.Itoa(virtualPort)))
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// rawRoundTrip measures one byte there and back.
func rawRoundTrip(b *testing.B, c net.Conn) time.Duration {
	b.Helper()
	start := time.Now()
	if _, err := c.Write([]byte{1}); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// beside is the figures of one benchmark, ours beside the raw one of the same run.
type beside struct{ raw, ours time.Duration }

func (m *beside) report(b *testing.B) {
	b.Helper()
	n := time.Duration(b.N)
	b.ReportMetric(0, "ns/op") // the sum of both says nothing
	b.ReportMetric(float64((m.raw/n).Microseconds())/1000, "raw-ms")
	b.ReportMetric(float64((m.ours/n).Microseconds())/1000, "ours-ms")
	b.ReportMetric(float64(m.ours)/float64(m.raw), "ours/raw")
}

// BenchmarkDial measures a dial through circuits that are there already, in raw
// round trips.
func BenchmarkDial(b *testing.B) {
	slowNetwork(b)
	k := newKey(b)
	server := newParty(b, slow.a, k)
	addr := server.serve(b, k)
	client := newParty(b, slow.b)
	client.mustDial(b, addr, server.id).Close() // builds the circuits
	raw := dialEcho(b)
	defer raw.Close()
	rawRoundTrip(b, raw)
	var m beside
	for b.Loop() {
		m.raw += rawRoundTrip(b, raw)
		start := time.Now()
		c := client.mustDial(b, addr, server.id)
		m.ours += time.Since(start)
		c.Close()
	}
	m.report(b)
}

// BenchmarkConnect measures what a host waits for: the dial and identify, which
// stock libp2p has in its own host's Connect. The stock host dials through a plain
// SOCKS client.
func BenchmarkConnect(b *testing.B) {
	slowNetwork(b)
	k := newKey(b)
	server := stockHost(b, slow.a, k)
	awaitReady(b, server.Network())
	raw := dialEcho(b)
	defer raw.Close()
	rawRoundTrip(b, raw)
	for _, tc := range []struct {
		name   string
		client host.Host
		to     peer.AddrInfo
	}{
		{"stock", stockDialler(b, slow.b, k), peer.AddrInfo{ID: server.ID(), Addrs: []ma.Multiaddr{anyTCP}}},
		{"ours", ownHost(b, slow.b), infoOf(server)},
	} {
		b.Run(tc.name, func(b *testing.B) {
			connect := func() {
				if err := tc.client.Connect(testContext(b), tc.to); err != nil {
					b.Fatal(err)
				}
			}
			disconnect := func() {
				if err := tc.client.Network().ClosePeer(server.ID()); err != nil {
					b.Fatal(err)
				}
			}
			connect() // builds the circuits
			disconnect()
			var m beside
			for b.Loop() {
				m.raw += rawRoundTrip(b, raw)
				start := time.Now()
				connect()
				m.ours += time.Since(start)
				disconnect()
			}
			m.report(b)
		})
	}
}

// BenchmarkPing measures libp2p's ping on a connection that is open.
func BenchmarkPing(b *testing.B) {
	slowNetwork(b)
	server, client := ownHost(b, slow.a, newKey(b)), ownHost(b, slow.b)
	awaitReady(b, server.Network())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := client.Connect(testContext(b), infoOf(server)); err != nil {
		b.Fatal(err)
	}
	raw := dialEcho(b)
	defer raw.Close()
	rawRoundTrip(b, raw)
	next := pings(ctx, client, server)
	next(b) // opens the stream
	var m beside
	for b.Loop() {
		m.raw += rawRoundTrip(b, raw)
		m.ours += next(b)
	}
	m.report(b)
}

// pings returns what waits for the next ping; they go out one after another.
func pings(ctx context.Context, from, to host.Host) func(*testing.B) time.Duration {
	results := ping.Ping(ctx, from, to.ID())
	return func(b *testing.B) time.Duration {
		b.Helper()
		r := <-results
		if r.Error != nil {
			b.Fatal(r.Error)
		}
		return r.RTT
	}
}

// BenchmarkThroughput echoes 1 MiB.
func BenchmarkThroughput(b *testing.B) {
	slowNetwork(b)
	k := newKey(b)
	server := newParty(b, slow.a, k)
	c := newParty(b, slow.b).mustDial(b, server.serve(b, k), server.id)
	defer c.Close()
	mustEcho(b, c)
	raw := dialEcho(b)
	defer raw.Close()
	rawRoundTrip(b, raw)
	data := make([]byte, 1<<20)
	rand.Read(data)
	var m beside
	for b.Loop() {
		start := time.Now()
		sent := make(chan error, 1)
		go func() {
			_, err := raw.Write(data)
			sent <- err
		}()
		if _, err := io.CopyN(io.Discard, raw, int64(len(data))); err != nil {
			b.Fatal(err)
		}
		if err := <-sent; err != nil {
			b.Fatal(err)
		}
		m.raw += time.Since(start)
		start = time.Now()
		if _, err := echo(c, data); err != nil {
			b.Fatal(err)
		}
		m.ours += time.Since(start)
	}
	m.report(b)
}
