package tortransport_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	ma "github.com/multiformats/go-multiaddr"
	mss "github.com/multiformats/go-multistream"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// rawService publishes an onion service that serve plays, one connection after
// the other.
func rawService(t *testing.T, d *tor.Daemon, serve func(net.Conn)) ma.Multiaddr {
	t.Helper()
	l, err := d.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	k := newKey(t)
	s, err := d.Publish(tor.ServiceConfig{Key: k, Port: virtualPort, Target: l.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
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
				_ = c.SetDeadline(time.Now().Add(testTimeout))
				serve(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); tasks.Wait(); s.Close() })
	return onionAddr(t, k)
}

// noiseProposal is what libp2p says first, and noiseMessage the length of the
// first handshake message with its prefix (Noise XX: an ephemeral key).
const (
	noiseProposal = "\x13/multistream/1.0.0\n\x07/noise\n"
	noiseMessage  = 2 + 32
)

// TestFirstFlight: all that the dialler has to say arrives before the listener has
// said anything.
func TestFirstFlight(t *testing.T) {
	_, d := fakeTor(t)
	got := make(chan string, 1)
	var calls atomic.Int32
	addr := rawService(t, d, func(c net.Conn) {
		if calls.Add(1) > 1 {
			return // the dialler tries once more without haste
		}
		first := make([]byte, len(noiseProposal)+noiseMessage)
		n, _ := io.ReadFull(c, first)
		got <- string(first[:n])
	})
	client := newParty(t, d)
	client.dialFails(t, testContext(t), addr, randomPeer(t))
	if first := <-got; len(first) != len(noiseProposal)+noiseMessage || !strings.HasPrefix(first, noiseProposal) {
		t.Errorf("the first flight is %q", first)
	}
}

// TestWithoutEarlyData: nothing follows the proposal before it is answered.
func TestWithoutEarlyData(t *testing.T) {
	_, d := fakeTor(t)
	got := make(chan string, 1)
	addr := rawService(t, d, func(c net.Conn) {
		first := make([]byte, len(noiseProposal)+1)
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		n, _ := io.ReadFull(c, first)
		got <- string(first[:n])
	})
	client := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithoutEarlyData())
	client.dialFails(t, testContext(t), addr, randomPeer(t))
	if first := <-got; first != noiseProposal {
		t.Errorf("the first flight is %q", first)
	}
}

// dialTwice dials a server from one client, and tells how often Tor was asked each
// time and which security protocol came of it.
func dialTwice(t *testing.T, server, client partyConfig) (requests [2]int, security [2]protocol.ID) {
	t.Helper()
	f, d := fakeTor(t)
	k := newKey(t)
	s := server.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	addr := s.serve(t, k)
	c := client.new(t, tortransport.WithDaemon(d))
	for i := range requests {
		before := len(f.Requests())
		conn := c.mustDial(t, addr, s.id)
		mustEcho(t, conn)
		security[i] = conn.ConnState().Security
		conn.Close()
		requests[i] = len(f.Requests()) - before
	}
	return requests, security
}

// TestDisagreement has listeners that do not take the first proposal: one plain
// dial follows, and the peer is remembered.
func TestDisagreement(t *testing.T) {
	both := []protocol.ID{noise.ID, libp2ptls.ID}
	tls := []protocol.ID{libp2ptls.ID}
	requests, security := dialTwice(t, partyConfig{security: tls}, partyConfig{security: both})
	if requests != [2]int{2, 1} {
		t.Errorf("%d dials at first and %d then, want 2 and 1", requests[0], requests[1])
	}
	if security[0] != libp2ptls.ID || security[1] != libp2ptls.ID {
		t.Errorf("security is %v", security)
	}
}

// TestAgreement: whatever the dialler proposes first goes early, TLS as well.
func TestAgreement(t *testing.T) {
	both := []protocol.ID{noise.ID, libp2ptls.ID}
	for _, first := range both {
		requests, security := dialTwice(t, partyConfig{security: both}, partyConfig{security: []protocol.ID{first}})
		if requests != [2]int{1, 1} || security[0] != first {
			t.Errorf("%s: %v dials, security %v", first, requests, security)
		}
	}
}

// TestNothingInCommon fails after one plain dial, and says why.
func TestNothingInCommon(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	s := partyConfig{security: []protocol.ID{libp2ptls.ID}}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	addr := s.serve(t, k)
	err := newParty(t, d).dialFails(t, testContext(t), addr, s.id)
	if !strings.Contains(err.Error(), "security protocol") {
		t.Errorf("error %q does not name the phase", err)
	}
	if n := len(f.Requests()); n != 2 {
		t.Errorf("%d dials, want 2", n)
	}
}

// TestHangUp has a listener that refuses by hanging up, the first time only.
func TestHangUp(t *testing.T) {
	f, d := fakeTor(t)
	var calls atomic.Int32
	addr := rawService(t, d, func(c net.Conn) {
		if calls.Add(1) == 1 {
			_, _ = c.Read(make([]byte, 1)) // and not the rest: Close resets
		}
	})
	newParty(t, d).dialFails(t, testContext(t), addr, randomPeer(t))
	if n := len(f.Requests()); n != 2 {
		t.Errorf("%d dials, want 2", n)
	}
}

// TestPreSharedKey: what libp2p says is encrypted, and nothing is proposed early.
func TestPreSharedKey(t *testing.T) {
	psk := make([]byte, 32)
	rand.Read(psk)
	requests, _ := dialTwice(t, partyConfig{psk: psk}, partyConfig{psk: psk})
	if requests != [2]int{1, 1} {
		t.Errorf("%v dials", requests)
	}
}

// TestRefusalIsNoDisagreement: when Tor says no, nobody asks again.
func TestRefusalIsNoDisagreement(t *testing.T) {
	f, d := fakeTor(t)
	err := newParty(t, d).dialFails(t, testContext(t), onionAddr(t, newKey(t)), randomPeer(t))
	if !errors.Is(err, tortransport.ErrNotFound) {
		t.Errorf("error = %v", err)
	}
	if n := len(f.Requests()); n != 1 {
		t.Errorf("%d dials, want 1", n)
	}
}

func TestOpenStream(t *testing.T) {
	_, d := fakeTor(t)
	server, client := ownHost(t, d, newKey(t)), ownHost(t, d)
	awaitReady(t, server.Network())
	server.SetStreamHandler("/echo", func(s network.Stream) {
		defer s.Close()
		_, _ = io.Copy(s, s)
	})
	client.Peerstore().AddAddrs(server.ID(), server.Addrs(), time.Hour)
	for range 2 { // with a dial and without
		s, err := tortransport.OpenStream(testContext(t), client.Network(), server.ID(), "/echo")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		if err := s.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(s); string(got) != "hello" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if s.Protocol() != "/echo" {
			t.Errorf("the protocol is %q", s.Protocol())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	s, err := tortransport.OpenStream(testContext(t), client.Network(), server.ID(), "/nobody-has-it")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Reset() }()
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, mss.ErrNotSupported[protocol.ID]{}) {
		t.Errorf("error = %v, want that it is not supported", err)
	}
}

func TestOpenStreamToNobody(t *testing.T) {
	_, d := fakeTor(t)
	client := ownHost(t, d)
	p := randomPeer(t)
	client.Peerstore().AddAddr(p, onionAddr(t, newKey(t)), time.Hour)
	_, err := tortransport.OpenStream(testContext(t), client.Network(), p, "/echo")
	if !errors.Is(err, tortransport.ErrNotFound) {
		t.Errorf("error = %v", err)
	}
	wantDiscreet(t, err)
}
