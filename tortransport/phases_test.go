package tortransport_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// The phases of an upgrade by the words that an error or a log line has for them.
const (
	inSOCKS     = "SOCKS"
	inSecurity  = "security protocol"
	inHandshake = "handshake"
	inMuxer     = "stream multiplexer"
)

var phaseWords = []string{inSOCKS, inSecurity, inHandshake, inMuxer}

// wantPhase checks that a text names one phase and no other.
func wantPhase(t *testing.T, text, phase string) {
	t.Helper()
	for _, words := range phaseWords {
		if has := strings.Contains(text, words); has != (words == phase) {
			t.Errorf("%q names %q: %t, want the phase %q", text, words, has, phase)
		}
	}
}

// identity is a peer that plays its side of the handshake by hand.
type identity struct {
	key crypto.PrivKey
	id  peer.ID
}

func newIdentity(tb testing.TB) identity {
	tb.Helper()
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	return identity{key, id}
}

// noise is the security transport of a peer that leaves the multiplexer to be
// agreed on behind the handshake, or not.
func (i identity) noise(muxerLater bool) sec.SecureTransport {
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: yamux.DefaultTransport}}
	if muxerLater {
		muxers = nil
	}
	t, err := noise.New(noise.ID, i.key, muxers)
	if err != nil {
		panic(err)
	}
	return t
}

// accept plays a listener up to the end of the handshake. What does not come to
// that returns nil.
func (i identity) accept(c net.Conn, muxerLater bool) net.Conn {
	if !skip(c, len(noiseProposal)) || !say(c, noiseProposal) {
		return nil
	}
	s, err := i.noise(muxerLater).SecureInbound(context.Background(), c, "")
	if err != nil {
		return nil
	}
	return s
}

// skip reads n bytes, and reports whether they came.
func skip(c net.Conn, n int) bool {
	_, err := io.ReadFull(c, make([]byte, n))
	return err == nil
}

// say reports whether s could be sent.
func say(c net.Conn, s string) bool {
	_, err := io.WriteString(c, s)
	return err == nil
}

// dribble sends s byte by byte, so slowly that no test waits for its end.
func dribble(c net.Conn, s string) {
	for i := range len(s) {
		if !say(c, s[i:i+1]) {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// babble sends the same for as long as it is taken.
func babble(c net.Conn, s string) {
	for s := strings.Repeat(s, 1024); say(c, s); {
	}
}

// linger waits until the other side leaves.
func linger(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

const (
	// notAvailable is multistream's refusal.
	notAvailable = "\x03na\n"
	// hugeLine is the length of a multistream line of four gigabytes.
	hugeLine = "\xff\xff\xff\xff\x0f"
	// hugeMessage is the greatest length of a Noise message.
	hugeMessage = "\xff\xff"
)

// badListener misbehaves in one phase of the upgrade.
type badListener struct {
	name  string
	phase string
	// again is set where the dialler cannot tell the misbehaviour from a listener
	// that does not take early proposals, so that it makes a second dial.
	again bool
	// usable is set where the dialler has a connection before anything is wrong.
	usable bool
	serve  func(net.Conn, identity)
}

// badListeners are in the order of the phases.
var badListeners = []badListener{
	{name: "never speaks", phase: inSecurity, serve: func(c net.Conn, _ identity) { linger(c) }},
	{name: "hangs up unheard", phase: inSecurity, again: true, serve: func(net.Conn, identity) {}},
	{name: "hangs up", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { skip(c, len(noiseProposal)) }},
	{name: "answers slowly", phase: inSecurity, serve: func(c net.Conn, _ identity) { dribble(c, noiseProposal) }},
	{name: "answers by half", phase: inSecurity, serve: func(c net.Conn, _ identity) { say(c, noiseProposal[:25]); linger(c) }},
	{name: "hangs up in its answer", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) {
		skip(c, len(noiseProposal))
		say(c, noiseProposal[:25])
	}},
	{name: "answers junk", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { say(c, "220 mail.example.org ESMTP\r\n"); linger(c) }},
	{name: "answers junk for ever", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { babble(c, "\x05junk\n") }},
	{name: "answers with a huge line", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { say(c, hugeLine); babble(c, "x") }},
	{name: "begins a huge line and is silent", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { say(c, noiseProposal[:20]+hugeLine); linger(c) }},
	{name: "takes no protocol", phase: inSecurity, again: true, serve: func(c net.Conn, _ identity) { say(c, noiseProposal[:20]+notAvailable); linger(c) }},

	{name: "answers and is silent", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal); linger(c) }},
	{name: "answers and hangs up", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal); skip(c, len(noiseProposal)+noiseMessage) }},
	{name: "shakes hands slowly", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal); dribble(c, "\x00\xc0abcdefgh") }},
	{name: "shakes hands by half", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal+"\x00\xc0abcdefgh"); linger(c) }},
	{name: "hangs up in the handshake", phase: inHandshake, serve: func(c net.Conn, _ identity) {
		say(c, noiseProposal+"\x00\xc0abcdefgh")
		skip(c, len(noiseProposal)+noiseMessage)
	}},
	{name: "shakes hands with junk", phase: inHandshake, serve: func(c net.Conn, _ identity) {
		say(c, noiseProposal+"\x00\xc0"+strings.Repeat("x", 0xc0))
		linger(c)
	}},
	{name: "shakes hands with nothing", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal+"\x00\x00"); linger(c) }},
	{name: "begins a huge message and is silent", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal+hugeMessage); linger(c) }},
	{name: "shakes hands with junk for ever", phase: inHandshake, serve: func(c net.Conn, _ identity) { say(c, noiseProposal); babble(c, hugeMessage) }},
	{name: "is somebody else", phase: inHandshake, serve: func(c net.Conn, _ identity) {
		key, _, err := crypto.GenerateEd25519Key(rand.Reader)
		if err != nil {
			return
		}
		if s := (identity{key: key}).accept(c, false); s != nil {
			linger(s)
		}
	}},

	{name: "is silent about the multiplexer", phase: inMuxer, serve: behindHandshake(true, linger)},
	{name: "hangs up before the multiplexer", phase: inMuxer, serve: behindHandshake(true, func(net.Conn) {})},
	{name: "answers slowly about the multiplexer", phase: inMuxer, serve: behindHandshake(true, func(c net.Conn) { dribble(c, noiseProposal) })},
	{name: "answers junk about the multiplexer", phase: inMuxer, serve: behindHandshake(true, func(c net.Conn) { babble(c, "\x05junk\n") })},
	{name: "answers with a huge line about the multiplexer", phase: inMuxer, serve: behindHandshake(true, func(c net.Conn) { say(c, hugeLine); babble(c, "x") })},
	{name: "takes no multiplexer", phase: inMuxer, serve: behindHandshake(true, func(c net.Conn) { say(c, noiseProposal[:20]+notAvailable); linger(c) })},
	{name: "sends junk that is not encrypted", phase: inMuxer, serve: func(c net.Conn, i identity) {
		if s := i.accept(c, true); s != nil {
			say(c, "\x00\x20"+strings.Repeat("x", 0x20))
			linger(c)
		}
	}},

	{name: "hangs up behind the handshake", usable: true, serve: behindHandshake(false, func(net.Conn) {})},
	{name: "speaks junk behind the handshake", usable: true, serve: behindHandshake(false, func(c net.Conn) { babble(c, "junk") })},
	{name: "sends a huge frame behind the handshake", usable: true, serve: behindHandshake(false, func(c net.Conn) {
		say(c, "\x00\x00\x00\x01\x00\x00\x00\x01\xff\xff\xff\xff") // yamux: data, a new stream, 4 GiB
		babble(c, "x")
	})},
}

// behindHandshake plays a listener that does as it should up to the end of the
// handshake.
func behindHandshake(muxerLater bool, serve func(net.Conn)) func(net.Conn, identity) {
	return func(c net.Conn, i identity) {
		if s := i.accept(c, muxerLater); s != nil {
			serve(s)
		}
	}
}

// badService is a badListener that has been published.
type badService struct {
	badListener
	identity
	addr ma.Multiaddr
	name onion.Address
	open atomic.Int32 // connections
}

// badDial is what became of a dial to a badService.
type badDial struct {
	to   *badService
	err  error
	took time.Duration
}

// use is the dial, and what the connection is good for if there is one.
func (s *badService) use(client party) (d badDial) {
	begin := time.Now()
	c, err := client.Dial(context.Background(), s.addr, s.id)
	if err == nil {
		if !s.usable {
			err = errors.New("the dial succeeded")
		} else if _, useless := echo(c, []byte("x")); useless == nil {
			err = errors.New("the connection works")
		}
		c.Close()
	}
	return badDial{s, err, time.Since(begin)}
}

// TestBadListeners dials listeners that misbehave in every phase of the upgrade:
// the dial ends within its time, says which phase it was, is made a second time at
// most, and leaves nothing behind.
func TestBadListeners(t *testing.T) {
	t.Parallel()
	for name, opts := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testBadListeners(t, opts...)
		})
	}
}

func testBadListeners(t *testing.T, opts ...tortransport.Option) {
	t.Helper()
	const timeout = 2 * time.Second
	f, d := fakeTor(t)
	limits := newCountingManager(t)
	client := partyConfig{limits: limits}.new(t,
		append(opts, tortransport.WithDaemon(d), tortransport.WithDialTimeout(timeout))...)
	services := make([]*badService, 0, len(badListeners))
	for _, l := range badListeners {
		s := &badService{badListener: l, identity: newIdentity(t)}
		s.addr = rawService(t, d, func(c net.Conn) {
			s.open.Add(1)
			defer s.open.Add(-1)
			s.serve(c, s.identity)
		})
		s.name, _, _ = onion.FromMultiaddr(s.addr)
		services = append(services, s)
	}
	done := make(chan badDial, len(services))
	var dials sync.WaitGroup
	for _, s := range services { // all at once: most of them only wait
		dials.Go(func() { done <- s.use(client) })
	}
	dials.Wait()
	close(done)
	requests := f.Requests()
	for b := range done {
		t.Run(b.to.badListener.name, func(t *testing.T) {
			if b.took > testTimeout/2 {
				t.Errorf("the dial took %s", b.took)
			}
			if b.to.usable {
				if b.err != nil {
					t.Error(b.err)
				}
				return
			}
			wantPhase(t, b.err.Error(), b.to.phase)
			wantDiscreet(t, b.err)
			want := 1
			if b.to.again && opts == nil {
				want = 2
			}
			n := 0
			for _, r := range requests {
				if r.Host == b.to.name.String() {
					n++
				}
			}
			if n != want {
				t.Errorf("%d dials, want %d", n, want)
			}
		})
	}
	limits.wantNone(t)
	for _, s := range services {
		eventually(t, func() bool { return s.open.Load() == 0 }, func() { t.Errorf("%s: connections are open", s.badListener.name) })
	}
}
