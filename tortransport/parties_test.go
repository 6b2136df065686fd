package tortransport_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/pnet"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// party is a transport below any host: with an identity and an upgrader of its
// own, as the swarm would make them.
type party struct {
	*tortransport.Transport
	id peer.ID
}

// partyConfig is what a party is made of besides the transport's options. The
// zero value has no limits and no gater.
type partyConfig struct {
	limits   network.ResourceManager
	gater    connmgr.ConnectionGater
	upgrader func(transport.Upgrader) transport.Upgrader // wraps it, if not nil
	psk      pnet.PSK
	security []protocol.ID // in the order of preference; nil is Noise alone
}

// secure makes the security transports of a party.
func (cfg partyConfig) secure(tb testing.TB, key crypto.PrivKey, muxers []upgrader.StreamMuxer) (all []sec.SecureTransport) {
	tb.Helper()
	ids := cfg.security
	if ids == nil {
		ids = []protocol.ID{noise.ID}
	}
	for _, id := range ids {
		var s sec.SecureTransport
		var err error
		if id == libp2ptls.ID {
			s, err = libp2ptls.New(id, key, muxers)
		} else {
			s, err = noise.New(id, key, muxers)
		}
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func (cfg partyConfig) new(tb testing.TB, opts ...tortransport.Option) party {
	tb.Helper()
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: yamux.DefaultTransport}}
	up, err := upgrader.New(cfg.secure(tb, key, muxers), muxers, cfg.psk, cfg.limits, cfg.gater)
	if err != nil {
		tb.Fatal(err)
	}
	if cfg.upgrader != nil {
		up = cfg.upgrader(up)
	}
	t, err := tortransport.New(up, cfg.limits, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return party{t, id}
}

// newParty makes a party at a daemon that may listen on the keys.
func newParty(tb testing.TB, d *tor.Daemon, keys ...onion.Key) party {
	tb.Helper()
	return partyConfig{}.new(tb, tortransport.WithDaemon(d), tortransport.WithOnionKey(keys...))
}

// fakeTor starts a fake Tor and attaches to it.
func fakeTor(tb testing.TB) (*tortest.Fake, *tor.Daemon) {
	tb.Helper()
	f := tortest.NewFake(tb)
	return f, attach(tb, tor.AttachConfig{Control: parseAddr(tb, f.ControlAddr())})
}

func attach(tb testing.TB, cfg tor.AttachConfig) *tor.Daemon {
	tb.Helper()
	d, err := tor.Attach(testContext(tb), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d
}

func parseAddr(tb testing.TB, s string) tor.Addr {
	tb.Helper()
	a, err := tor.ParseAddr(s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// listen listens on the address of k and waits until it can be dialled. The
// listener is closed with the test.
func (p party) listen(tb testing.TB, k onion.Key) transport.Listener {
	tb.Helper()
	l, err := p.Listen(onionAddr(tb, k))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	if err := p.Ready(testContext(tb), l.Multiaddr()); err != nil {
		tb.Fatal(err)
	}
	return l
}

// serve listens and echoes every stream of every connection until the test
// ends.
func (p party) serve(tb testing.TB, k onion.Key) ma.Multiaddr {
	tb.Helper()
	l := p.listen(tb, k)
	ctx, cancel := context.WithCancel(context.Background())
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() {
				defer context.AfterFunc(ctx, func() { c.Close() })()
				echoStreams(c)
			})
		}
	})
	tb.Cleanup(func() {
		l.Close()
		cancel() // a tor that was killed never hangs up
		tasks.Wait()
	})
	return l.Multiaddr()
}

// echoStreams answers every stream of c with what comes, until c ends.
func echoStreams(c transport.CapableConn) {
	defer c.Close()
	var streams sync.WaitGroup
	defer streams.Wait()
	for {
		s, err := c.AcceptStream()
		if err != nil {
			return
		}
		streams.Go(func() {
			defer s.Close()
			_, _ = io.Copy(s, s)
		})
	}
}

func (p party) mustDial(tb testing.TB, addr ma.Multiaddr, id peer.ID) transport.CapableConn {
	tb.Helper()
	c, err := p.Dial(testContext(tb), addr, id)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// dialFails dials and returns why it fails; a connection is an error.
// mustDialSoon dials until it succeeds: directories may have an older descriptor
// for a moment.
func (p party) mustDialSoon(tb testing.TB, addr ma.Multiaddr, id peer.ID) transport.CapableConn {
	tb.Helper()
	defer p.Hurry(id)()
	ctx := testContext(tb)
	for {
		c, err := p.Dial(ctx, addr, id)
		if err == nil {
			return c
		}
		select {
		case <-ctx.Done():
			tb.Fatal(err)
		case <-time.After(time.Second):
		}
	}
}

func (p party) dialFails(tb testing.TB, ctx context.Context, addr ma.Multiaddr, id peer.ID) error {
	tb.Helper()
	c, err := p.Dial(ctx, addr, id)
	if err == nil {
		c.Close()
		tb.Fatal("the dial succeeded")
	}
	return err
}

// echo sends b on a new stream, ends it, and returns what comes back.
func echo(c network.MuxedConn, b []byte) ([]byte, error) {
	s, err := c.OpenStream(context.Background())
	if err != nil {
		return nil, err
	}
	defer s.Close()
	sent := make(chan error, 1)
	go func() {
		_, err := s.Write(b)
		sent <- errors.Join(err, s.CloseWrite())
	}()
	got, err := io.ReadAll(s)
	if err != nil {
		_ = s.Reset()
	}
	return got, errors.Join(err, <-sent)
}

// mustEcho checks that a connection carries data both ways.
func mustEcho(tb testing.TB, c network.MuxedConn) {
	tb.Helper()
	got, err := echo(c, []byte("hello"))
	if err != nil || string(got) != "hello" {
		tb.Fatalf("echo gave %q, %v", got, err)
	}
}

func randomPeer(tb testing.TB) peer.ID {
	tb.Helper()
	_, pub, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	id, err := peer.IDFromPublicKey(pub)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// parseControl is where the control port of a fake is.
func parseControl(tb testing.TB, f *tortest.Fake) tor.AttachConfig {
	tb.Helper()
	return tor.AttachConfig{Control: parseAddr(tb, f.ControlAddr())}
}
