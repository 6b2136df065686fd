package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
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
	"github.com/onionwire/onionwire/tortransport/tortest"
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
func idle(ctx context.Context, make newTransport) (usage, error) {
	up, id, err := newUpgrader()
	if err != nil {
		return usage{}, err
	}
	there, addr, err := make(up)
	if err != nil {
		return usage{}, err
	}
	if up, _, err = newUpgrader(); err != nil {
		return usage{}, err
	}
	here, _, err := make(up)
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
	var open conns
	defer open.close()
	if err := open.add(ctx, here, l, id); err != nil { // what the first one makes stays
		return usage{}, err
	}
	before, err := rested(ctx)
	if err != nil {
		return usage{}, err
	}
	for range idleConns {
		if err := open.add(ctx, here, l, id); err != nil {
			return usage{}, err
		}
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

// conns are the ends of connections that are open.
type conns [2 * (idleConns + 1)]transport.CapableConn

// add opens one more.
func (c *conns) add(ctx context.Context, t transport.Transport, l transport.Listener, id peer.ID) error {
	near, err := t.Dial(ctx, l.Multiaddr(), id)
	if err != nil {
		return err
	}
	far, err := l.Accept()
	if err != nil {
		near.Close()
		return err
	}
	for i := 0; ; i += 2 {
		if c[i] == nil {
			c[i], c[i+1] = near, far
			return nil
		}
	}
}

func (c *conns) close() {
	for _, end := range c {
		if end != nil {
			end.Close()
		}
	}
}

// attachFake starts a fake Tor in a process of its own, so that what it uses is not
// counted, and attaches to it.
func attachFake(ctx context.Context) (_ *tor.Daemon, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(program, "-fake")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	end := func() {
		stdin.Close() // tells it to end
		_ = cmd.Wait()
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, nil, fmt.Errorf("the fake Tor did not start: %w", err)
	}
	addr, err := tor.ParseAddr(strings.TrimSpace(line))
	if err != nil {
		return nil, nil, err
	}
	d, err := tor.Attach(ctx, tor.AttachConfig{Control: addr})
	if err != nil {
		return nil, nil, err
	}
	return d, func() { d.Close(); end() }, nil
}

// serveFake is the fake Tor of attachFake, until in ends.
func serveFake(in io.Reader, out io.Writer) error {
	f, err := tortest.StartFake()
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintln(out, f.ControlAddr())
	_, err = io.Copy(io.Discard, in)
	return err
}
