package transfer_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	benchSize    = 16 << 20
	benchPort    = 4001
	bareProtocol = "/onionwire/transfer/bench/1" // sends benchSize bytes
)

// BenchmarkFile fetches a file over a private Tor network with a round trip of 285
// ms, in turn with as many bytes on a bare libp2p stream and on a bare onion service.
// It also tells what a ping takes while a file is fetched, against a quiet connection.
func BenchmarkFile(b *testing.B) {
	ctx := b.Context()
	net := tortest.New(b, tortest.Config{LinkDelay: 20 * time.Millisecond})
	server, client := benchTor(b, net), benchTor(b, net)
	raw := benchService(b, server)
	sender, address := benchHost(b, server)
	receiver, _ := benchHost(b, client)
	file := content(benchSize)
	sender.SetStreamHandler(bareProtocol, func(s network.Stream) {
		_, _ = s.Read(make([]byte, 1))
		_, _ = s.Write(file)
		_ = s.Close()
	})
	sender.SetStreamHandler(transfer.ProtocolID, func(s network.Stream) { <-serve(ctx, b, s, newSource(b, file), nil) })
	if err := onionhost.Connect(ctx, receiver, address); err != nil {
		b.Fatal(err)
	}
	time.Sleep(5 * time.Second) // until Tor has done what it does in the beginning
	quiet := benchPings(ctx, b, receiver, address.ID, func() { time.Sleep(10 * time.Second) })

	var ours, bare, onion, pings []time.Duration
	for b.Loop() {
		onion = append(onion, benchOnion(ctx, b, client, raw))
		bare = append(bare, benchBare(benchStream(ctx, b, receiver, address.ID, bareProtocol)))
		pings = append(pings, benchPings(ctx, b, receiver, address.ID, func() {
			began := time.Now()
			s := benchStream(ctx, b, receiver, address.ID, transfer.ProtocolID)
			config := transfer.FetchConfig{ID: fileID, Cipher: newCipher(b, benchSize), Write: func(uint64, []byte) error { return nil }}
			if err := transfer.Fetch(ctx, s, config); err != nil {
				b.Fatal(err)
			}
			ours = append(ours, time.Since(began))
		})...)
	}
	b.ReportMetric(benchSize/slices.Min(ours).Seconds()/(1<<20), "MiB/s")
	b.ReportMetric(slices.Min(bare).Seconds()/slices.Min(ours).Seconds(), "of-libp2p-stream")
	b.ReportMetric(slices.Min(onion).Seconds()/slices.Min(ours).Seconds(), "of-onion-stream")
	b.ReportMetric(median(quiet).Seconds()*1000, "ms/ping-quiet")
	b.ReportMetric(median(pings).Seconds()*1000, "ms/ping")
}

func median(d []time.Duration) time.Duration { return slices.Sorted(slices.Values(d))[len(d)/2] }

func benchTor(b *testing.B, net *tortest.Network) *tor.Daemon {
	b.Helper()
	d, err := tor.Start(b.Context(), tor.Config{DataDir: b.TempDir(), Torrc: net.Torrc()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	return d
}

func benchKey(b *testing.B) onion.Key {
	b.Helper()
	key, err := onion.GenerateKey()
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// benchService starts an onion service that sends benchSize bytes.
func benchService(b *testing.B, d *tor.Daemon) onion.Address {
	b.Helper()
	l, err := d.ListenTarget()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	service, err := d.Publish(tor.ServiceConfig{Key: benchKey(b), Port: benchPort, Target: l.Addr()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { service.Close() })
	if err := service.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1))
			_, _ = c.Write(make([]byte, benchSize))
			c.Close()
		}
	}()
	return service.Address()
}

func benchHost(b *testing.B, d *tor.Daemon) (host.Host, peer.AddrInfo) {
	b.Helper()
	identity, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	key := benchKey(b)
	address, err := key.Address().Multiaddr(benchPort)
	if err != nil {
		b.Fatal(err)
	}
	h, err := onionhost.New(onionhost.Config{
		Key:         identity,
		ListenAddrs: []ma.Multiaddr{address},
		Transport:   []tortransport.Option{tortransport.WithDaemon(d), tortransport.WithOnionKey(key)},
		Ping:        true,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { h.Close() })
	return h, peer.AddrInfo{ID: h.ID(), Addrs: []ma.Multiaddr{address}}
}

func benchStream(ctx context.Context, b *testing.B, h host.Host, to peer.ID, id string) network.Stream {
	b.Helper()
	s, err := tortransport.OpenStream(ctx, h.Network(), to, protocol.ID(id))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// benchBare measures until all has come that a stream or connection is asked for.
func benchBare(s io.ReadWriteCloser) time.Duration {
	began := time.Now()
	_, _ = s.Write([]byte{1})
	if n, err := io.Copy(io.Discard, s); err != nil || n != benchSize {
		return time.Hour
	}
	_ = s.Close()
	return time.Since(began)
}

func benchOnion(ctx context.Context, b *testing.B, d *tor.Daemon, to onion.Address) time.Duration {
	b.Helper()
	socks, err := proxy.SOCKS5(d.SOCKS().Network, d.SOCKS().Address, nil, proxy.Direct)
	if err != nil {
		b.Fatal(err)
	}
	c, err := socks.(proxy.ContextDialer).DialContext(ctx, "tcp", net.JoinHostPort(to.String(), strconv.Itoa(benchPort)))
	if err != nil {
		b.Fatal(err)
	}
	return benchBare(c)
}

// benchPings pings while f runs.
func benchPings(ctx context.Context, b *testing.B, h host.Host, to peer.ID, f func()) (times []time.Duration) {
	b.Helper()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for r := range ping.Ping(ctx, h, to) {
			if r.Error == nil {
				times = append(times, r.RTT)
			}
		}
	}()
	f()
	cancel()
	<-done
	return times
}
