package tortransport_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// failureLog keeps what a transport logs of inbound connections that have failed.
type failureLog struct {
	mu    sync.Mutex
	texts []string
}

func (l *failureLog) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (l *failureLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(string(b), "inbound connection failed") {
		l.texts = append(l.texts, string(b))
	}
	return len(b), nil
}

func (l *failureLog) get() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.texts
}

// connect plays a dialler up to the end of the handshake. What does not come to
// that returns nil.
func (i identity) connect(c net.Conn, to peer.ID, muxerLater bool) net.Conn {
	if !say(c, noiseProposal) || !skip(c, len(noiseProposal)) {
		return nil
	}
	s, err := i.noise(muxerLater).SecureOutbound(context.Background(), c, to)
	if err != nil {
		return nil
	}
	return s
}

// badDialler misbehaves in one phase of the upgrade. With an empty phase it does so
// behind it.
type badDialler struct {
	name    string
	phase   string
	outcome string // in the metrics
	dial    func(net.Conn, identity, peer.ID)
}

// firstMessage is a first message of a Noise handshake: any 32 bytes are.
var firstMessage = "\x00\x20" + strings.Repeat("x", 32)

// badDiallers are in the order of the phases. Each hangs up when it returns.
var badDiallers = []badDialler{
	{"never speaks", inSecurity, "timeout", rude(linger)},
	{"hangs up at once", inSecurity, "other", rude(func(net.Conn) {})},
	{"resets at once", inSecurity, "other", rude(reset)},
	{"proposes slowly", inSecurity, "timeout", rude(func(c net.Conn) { dribble(c, noiseProposal); linger(c) })},
	{"proposes by half", inSecurity, "timeout", rude(func(c net.Conn) { say(c, noiseProposal[:25]); linger(c) })},
	{"hangs up in its proposal", inSecurity, "other", rude(func(c net.Conn) { say(c, noiseProposal[:25]) })},
	{"resets in its proposal", inSecurity, "other", rude(func(c net.Conn) { say(c, noiseProposal[:25]); reset(c) })},
	{"is a web browser", inSecurity, "timeout", rude(func(c net.Conn) { say(c, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"); linger(c) })},
	{"sends junk for ever", inSecurity, "other", rude(func(c net.Conn) { babble(c, "junk") })},
	{"sends a huge line", inSecurity, "other", rude(func(c net.Conn) { say(c, noiseProposal[:20]+hugeLine); babble(c, "x") })},
	{"begins a huge line and is silent", inSecurity, "other", rude(func(c net.Conn) { say(c, noiseProposal[:20]+hugeLine); linger(c) })},
	{"proposes what nobody has", inSecurity, "timeout", rude(func(c net.Conn) { say(c, noiseProposal[:20]+"\x05/xyz\n"); linger(c) })},
	{"proposes for ever", inSecurity, "other", rude(func(c net.Conn) {
		say(c, noiseProposal[:20])
		go linger(c) // the refusals
		babble(c, "\x05/xyz\n")
	})},

	{"proposes and is silent", inHandshake, "timeout", rude(func(c net.Conn) { say(c, noiseProposal); linger(c) })},
	{"proposes and hangs up", inHandshake, "other", rude(func(c net.Conn) { say(c, noiseProposal); skip(c, len(noiseProposal)) })},
	{"shakes hands slowly", inHandshake, "timeout", rude(func(c net.Conn) { say(c, noiseProposal); dribble(c, firstMessage); linger(c) })},
	{"shakes hands by half", inHandshake, "timeout", rude(func(c net.Conn) { say(c, noiseProposal+firstMessage[:10]); linger(c) })},
	{"hangs up in the handshake", inHandshake, "other", rude(func(c net.Conn) { say(c, noiseProposal+firstMessage[:10]); skip(c, len(noiseProposal)) })},
	{"begins a huge message and is silent", inHandshake, "timeout", rude(func(c net.Conn) { say(c, noiseProposal+hugeMessage); linger(c) })},
	{"shakes hands with nothing", inHandshake, "other", rude(func(c net.Conn) { say(c, noiseProposal+"\x00\x00"); linger(c) })},
	{"does not end the handshake", inHandshake, "timeout", rude(func(c net.Conn) { say(c, noiseProposal+firstMessage); linger(c) })},
	{"ends the handshake with junk", inHandshake, "other", rude(func(c net.Conn) {
		say(c, noiseProposal+firstMessage)
		go linger(c)
		babble(c, "\x00\xc0")
	})},
	{"looks for somebody else", inHandshake, "other", func(c net.Conn, i identity, _ peer.ID) { i.connect(c, i.id, false) }},

	{"is silent about the multiplexer", inMuxer, "timeout", secured(true, linger)},
	{"hangs up before the multiplexer", inMuxer, "other", secured(true, func(net.Conn) {})},
	{"proposes a multiplexer slowly", inMuxer, "timeout", secured(true, func(c net.Conn) { dribble(c, noiseProposal); linger(c) })},
	{"proposes a multiplexer that nobody has", inMuxer, "timeout", secured(true, func(c net.Conn) { say(c, noiseProposal[:20]+"\x05/xyz\n"); linger(c) })},
	{"proposes multiplexers for ever", inMuxer, "timeout", secured(true, func(c net.Conn) {
		say(c, noiseProposal[:20])
		go linger(c)
		babble(c, "\x05/xyz\n")
	})},
	{"sends junk for a multiplexer", inMuxer, "other", secured(true, func(c net.Conn) { babble(c, "junk") })},
	{"sends a huge line for a multiplexer", inMuxer, "other", secured(true, func(c net.Conn) { say(c, hugeLine); babble(c, "x") })},
	{"sends what is not encrypted", inMuxer, "other", func(c net.Conn, i identity, to peer.ID) {
		if i.connect(c, to, true) != nil {
			say(c, "\x00\x20"+strings.Repeat("x", 0x20))
			linger(c)
		}
	}},

	{"hangs up behind the handshake", "", "accepted", secured(false, func(net.Conn) {})},
	{"speaks junk behind the handshake", "", "accepted", secured(false, func(c net.Conn) { babble(c, "junk") })},
}

// rude is a dialler for whom it does not matter whom it talks to.
func rude(dial func(net.Conn)) func(net.Conn, identity, peer.ID) {
	return func(c net.Conn, _ identity, _ peer.ID) { dial(c) }
}

// secured plays a dialler that does as it should up to the end of the handshake.
func secured(muxerLater bool, dial func(net.Conn)) func(net.Conn, identity, peer.ID) {
	return func(c net.Conn, i identity, to peer.ID) {
		if s := i.connect(c, to, muxerLater); s != nil {
			dial(s)
		}
	}
}

// besieged is a listener that bad diallers come to.
type besieged struct {
	party
	addr   ma.Multiaddr
	target string // where Tor brings its connections
	log    failureLog
	reg    *prometheus.Registry
}

var targetOf = regexp.MustCompile(`Port=\d+,(\S+)`)

func (b *besieged) listen(t *testing.T, f *tortest.Fake, cfg partyConfig, opts ...tortransport.Option) {
	t.Helper()
	k := newKey(t)
	before := len(f.Commands())
	b.reg = prometheus.NewPedanticRegistry()
	d := attach(t, parseControl(t, f))
	b.party = cfg.new(t, append(opts, tortransport.WithDaemon(d), tortransport.WithOnionKey(k),
		tortransport.WithLogger(b.log.logger()), tortransport.WithMetrics(b.reg))...)
	b.addr = b.serve(t, k)
	for _, command := range f.Commands()[before:] {
		if m := targetOf.FindStringSubmatch(command); m != nil {
			b.target = m[1]
		}
	}
}

// meet has a bad dialler do what it does, until the listener ends the connection or
// ctx does.
func (b *besieged) meet(ctx context.Context, dial func(net.Conn, identity, peer.ID), i identity) error {
	c, err := net.Dial("tcp", b.target)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	dial(c, i, b.id)
	return nil
}

// TestBadDiallers has peers connect that misbehave in every phase of the upgrade:
// the listener lets go of each within its time, logs at which phase, counts it, and
// goes on.
func TestBadDiallers(t *testing.T) {
	t.Parallel()
	f := tortest.NewFake(t)
	limits := newCountingManager(t)
	servers := make([]besieged, len(badDiallers))
	var dials sync.WaitGroup
	for n, bad := range badDiallers {
		s := &servers[n]
		s.listen(t, f, partyConfig{limits: limits}, tortransport.WithAcceptTimeout(2*time.Second))
		i := newIdentity(t)
		dials.Go(func() {
			if err := s.meet(testContext(t), bad.dial, i); err != nil {
				t.Errorf("%s: %v", bad.name, err)
			}
		})
	}
	begin := time.Now()
	dials.Wait()
	if took := time.Since(begin); took > testTimeout/2 {
		t.Errorf("it took %s", took)
	}
	for n, bad := range badDiallers {
		t.Run(bad.name, func(t *testing.T) {
			s := &servers[n]
			awaitSeries(t, s.reg, "inbound_connections_total", bad.outcome, 1)
			texts := s.log.get()
			if bad.phase == "" {
				if len(texts) != 0 {
					t.Errorf("logged %q", texts)
				}
			} else if len(texts) != 1 {
				t.Fatalf("logged %q", texts)
			} else {
				wantPhase(t, texts[0], bad.phase)
				wantDiscreet(t, errors.New(texts[0]))
			}
			mustReach(t, attach(t, parseControl(t, f)), s.addr, s.party)
		})
	}
	limits.wantNone(t)
}

// siege has so many bad diallers of all kinds come to a listener, one after the
// other at each of the places, until ctx ends.
func (b *besieged) siege(ctx context.Context, t *testing.T, all, places int, pause time.Duration) (wait func()) {
	t.Helper()
	i := newIdentity(t)
	var next atomic.Int32
	var tasks sync.WaitGroup
	for range places {
		tasks.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1))
				if n > all {
					return
				}
				if err := b.meet(ctx, badDiallers[n%len(badDiallers)].dial, i); err != nil {
					t.Error(err)
				}
				time.Sleep(pause)
			}
		})
	}
	return tasks.Wait
}

// TestSiege has thousands of bad diallers of all kinds, hundreds of them at once.
// Memory stays bounded, and who comes next gets in.
func TestSiege(t *testing.T) {
	f := tortest.NewFake(t)
	s := new(besieged)
	s.listen(t, f, partyConfig{limits: smallestLimits(t)}, tortransport.WithAcceptTimeout(2*time.Second))
	begin, most := heap(), uint64(0)
	var over atomic.Bool
	go func(wait func()) {
		wait()
		over.Store(true)
	}(s.siege(testContext(t), t, 2000, 250, 0))
	for !over.Load() {
		most = max(most, heap())
		time.Sleep(300 * time.Millisecond)
	}
	t.Logf("the heap grew by at most %d KiB, that of the besiegers included", (most-min(most, begin))>>10)
	if most > begin+48<<20 {
		t.Errorf("the heap grew from %d to %d MiB", begin>>20, most>>20)
	}
	mustReach(t, attach(t, parseControl(t, f)), s.addr, s.party)
}

// TestGoodPeerGetsIn while bad diallers of all kinds take all places.
func TestGoodPeerGetsIn(t *testing.T) {
	f := tortest.NewFake(t)
	s := new(besieged)
	s.listen(t, f, partyConfig{limits: smallestLimits(t)})
	d := attach(t, parseControl(t, f))
	ctx, cancel := context.WithCancel(testContext(t))
	wait := s.siege(ctx, t, math.MaxInt32, 2*len(badDiallers), time.Second)
	await(t, "all places are taken", func() bool { return series(t, s.reg, "inbound_connections_total")["crowded"] > 0 })
	failed := 0
	for range 10 {
		for {
			err := reach(testContext(t), newParty(t, d), s)
			if err == nil {
				break
			}
			if failed++; failed > 3 {
				t.Fatalf("not in the %d. time: %v", failed, err)
			}
		}
	}
	t.Logf("10 connections in %d tries", 10+failed)
	cancel()
	wait()
}

// reach dials a besieged listener as a peer that does what it should.
func reach(ctx context.Context, client party, s *besieged) error {
	c, err := client.Dial(ctx, s.addr, s.id)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = echo(c, []byte("hello"))
	return err
}

// heap is how much memory is in use, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestSilentFlood has a peer get in whose negotiation takes a second, while silent
// connections come so fast that they take all places several times in that second.
func TestSilentFlood(t *testing.T) {
	t.Parallel()
	f := tortest.NewFake(t)
	s := new(besieged)
	s.listen(t, f, partyConfig{limits: smallestLimits(t)})
	d := attach(t, parseControl(t, f))
	a, _, err := onion.FromMultiaddr(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply {
		if r.Host != a.String() {
			t.Errorf("a request for another address")
		}
		return tortest.FakeSocksReply{Lag: 300 * time.Millisecond}
	})
	ctx, cancel := context.WithCancel(testContext(t))
	var flood sync.WaitGroup
	flood.Go(func() {
		for ctx.Err() == nil {
			c, err := net.Dial("tcp", s.target)
			if err != nil {
				t.Error(err)
				return
			}
			flood.Go(func() {
				defer c.Close()
				defer context.AfterFunc(ctx, func() { c.Close() })()
				_, _ = io.Copy(io.Discard, c)
			})
			time.Sleep(20 * time.Millisecond)
		}
	})
	await(t, "the flood has come", func() bool { return series(t, s.reg, "inbound_connections_total")["crowded"] > 32 })
	before := series(t, s.reg, "inbound_connections_total")["crowded"]
	for range 2 {
		mustReach(t, d, s.addr, s.party)
	}
	if n := series(t, s.reg, "inbound_connections_total")["crowded"] - before; n < 2*32 {
		t.Errorf("only %v silent connections came meanwhile", n)
	}
	cancel()
	flood.Wait()
}
