package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// idleConns is how many connections are held open. Both of their ends are in this
// process, and count.
const idleConns = 500

// restTime is what connections get to come to rest: yamux measures the round trip
// once, and buffers of the handshakes are given back.
const restTime = time.Second

// measureIdle: what a connection costs that nobody uses, beside libp2p's TCP
// transport with the same security and multiplexer.
func measureIdle(ctx context.Context, _ *bed, rounds int) ([]figure, error) {
	daemon, stop, err := attachFake(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	var stock, ours usage
	for round := range rounds {
		s, err := idle(ctx, overTCP)
		if err != nil {
			return nil, fmt.Errorf("TCP: %w", err)
		}
		o, err := idle(ctx, func(up transport.Upgrader) (transport.Transport, ma.Multiaddr, error) {
			return overTor(up, daemon)
		})
		if err != nil {
			return nil, fmt.Errorf("fake Tor: %w", err)
		}
		if round == 0 {
			stock, ours = s, o
		}
		stock, ours = stock.least(s), ours.least(o)
		progress("idle: TCP %.0f bytes %.2f goroutines, ours %.0f bytes %.2f goroutines", s.bytes, s.goroutines, o.bytes, o.goroutines)
	}
	return []figure{
		{
			order: 8, measure: "memory per idle connection, both ends, of 500",
			stock: memory(stock.bytes), ours: memory(ours.bytes),
			goals: []goal{{ratio: ours.bytes / stock.bytes, of: "of stock TCP", limit: 1.1}},
		},
		{
			order: 9, measure: "goroutines per idle connection, both ends, of 500",
			stock: number(stock.goroutines), ours: number(ours.goroutines),
			goals: []goal{{ratio: ours.goroutines / stock.goroutines, of: "of stock TCP", limit: 1.1}},
		},
	}, nil
}

// usage is of memory, heap and stacks, and of goroutines.
type usage struct{ bytes, goroutines float64 }

func (u usage) least(v usage) usage {
	return usage{min(u.bytes, v.bytes), min(u.goroutines, v.goroutines)}
}

// used is what the process uses now.
func used() usage {
	for range 3 { // pools keep things for two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{float64(m.HeapAlloc + m.StackInuse), float64(runtime.NumGoroutine())}
}

// newUpgrader makes what both transports secure connections with, for a new
// identity.
func newUpgrader() (transport.Upgrader, peer.ID, error) {
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		return nil, "", err
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return nil, "", err
	}
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: yamux.DefaultTransport}}
	security, err := noise.New(noise.ID, key, muxers)
	if err != nil {
		return nil, "", err
	}
	up, err := upgrader.New([]sec.SecureTransport{security}, muxers, nil, nil, nil)
	return up, id, err
}

// newTransport makes a transport and says where it can listen.
type newTransport func(transport.Upgrader) (transport.Transport, ma.Multiaddr, error)

func overTCP(up transport.Upgrader) (transport.Transport, ma.Multiaddr, error) {
	t, err := tcp.NewTCPTransport(up, nil, nil)
	return t, ma.StringCast("/ip4/127.0.0.1/tcp/0"), err
}

func overTor(up transport.Upgrader, d *tor.Daemon) (transport.Transport, ma.Multiaddr, error) {
	k, err := onion.GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	addr, err := k.Address().Multiaddr(ownPort)
	if err != nil {
		return nil, nil, err
	}
	t, err := tortransport.New(up, nil, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	return t, addr, err
}

// idle opens connections from one transport to another and returns what each
// costs.
func idle(ctx context.Context, over newTransport) (usage, error) {
	up, id, err := newUpgrader()
	if err != nil {
		return usage{}, err
	}
	there, addr, err := over(up)
	if err != nil {
		return usage{}, err
	}
	if up, _, err = newUpgrader(); err != nil {
		return usage{}, err
	}
	here, _, err := over(up)
	if err != nil {
		return usage{}, err
	}
	l, err := there.Listen(addr)
	if err != nil {
		return usage{}, err
	}
	defer l.Close()
	if t, ok := there.(*tortransport.Transport); ok {
		if err := t.Ready(ctx, addr); err != nil {
			return usage{}, err
		}
	}
	open := make(ends, 0, 2*(1+idleConns)) // now, so that it does not count
	defer func() { open.close() }()
	if open, err = open.connect(ctx, 1, here, l, id); err != nil { // what the first one makes stays
		return usage{}, err
	}
	before, err := rested(ctx)
	if err != nil {
		return usage{}, err
	}
	if open, err = open.connect(ctx, idleConns, here, l, id); err != nil {
		return usage{}, err
	}
	after, err := rested(ctx)
	if err != nil {
		return usage{}, err
	}
	return usage{
		(after.bytes - before.bytes) / idleConns,
		(after.goroutines - before.goroutines) / idleConns,
	}, nil
}

// rested is what the process uses when all has come to rest.
func rested(ctx context.Context) (usage, error) {
	err := settle(ctx, restTime)
	return used(), err
}

// ends are those of connections that are open, both of each.
type ends []transport.CapableConn

// connect opens n more.
func (e ends) connect(ctx context.Context, n int, t transport.Transport, l transport.Listener, id peer.ID) (ends, error) {
	for range n {
		near, err := t.Dial(ctx, l.Multiaddr(), id)
		if err != nil {
			return e, err
		}
		e = append(e, near)
		far, err := l.Accept()
		if err != nil {
			return e, err
		}
		e = append(e, far)
	}
	return e, nil
}

func (e ends) close() {
	for _, end := range e {
		end.Close()
	}
}
