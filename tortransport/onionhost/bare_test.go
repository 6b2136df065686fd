package onionhost_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

const (
	echoes = protocol.ID("/echo/1")
	later  = protocol.ID("/echo/2")
)

// echo sends back what comes.
func echo(s network.Stream) {
	defer s.Close()
	_, _ = io.Copy(s, s)
}

// connected makes one of our hosts and one of libp2p's, with a connection from one to the
// other.
func connected(t *testing.T, outbound bool) (own, stock host.Host) {
	t.Helper()
	_, d := fakeTor(t)
	own, stock = newHost(t, d), stockHost(t, d)
	from, to := own, stock
	if !outbound {
		from, to = to, from
	}
	if err := from.Connect(testContext(t), infoOf(to)); err != nil {
		t.Fatal(err)
	}
	return own, stock
}

// wantEcho opens a stream, says something, and wants it back.
func wantEcho(t *testing.T, from, to host.Host, ids ...protocol.ID) {
	t.Helper()
	s, err := from.NewStream(testContext(t), to.ID(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := io.WriteString(s, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := s.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(s); err != nil || string(got) != "hello" {
		t.Errorf("it echoes %q, %v", got, err)
	}
	if s.Protocol() != echoes {
		t.Errorf("the stream is of %s", s.Protocol())
	}
}

// TestStreams: a stream is for the protocol that the peer has, whether that is known from
// its identification, or found out.
func TestStreams(t *testing.T) {
	for name, outbound := range map[string]bool{"outbound": true, "inbound": false} {
		t.Run(name, func(t *testing.T) {
			own, stock := connected(t, outbound)
			for _, side := range []struct{ from, to host.Host }{{own, stock}, {stock, own}} {
				side.to.SetStreamHandler(echoes, echo) // the other side may know of it, or not yet
				wantEcho(t, side.from, side.to, later, echoes)
				wantEcho(t, side.from, side.to, echoes)
				if err := side.from.Peerstore().SetProtocols(side.to.ID()); err != nil {
					t.Fatal(err)
				}
				wantEcho(t, side.from, side.to, later, echoes)
			}
		})
	}
}

// TestNothingSaid: a peer learns that a stream was opened and closed even if nobody says
// anything.
func TestNothingSaid(t *testing.T) {
	own, stock := connected(t, true)
	opened := make(chan struct{})
	stock.SetStreamHandler(echoes, func(s network.Stream) {
		echo(s)
		close(opened)
	})
	if err := own.Peerstore().AddProtocols(stock.ID(), echoes); err != nil {
		t.Fatal(err)
	}
	s, err := own.NewStream(testContext(t), stock.ID(), echoes)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseWrite(); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(s); err != nil || len(got) > 0 {
		t.Errorf("%q comes, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-opened:
	case <-testContext(t).Done():
		t.Error("the peer has no stream")
	}
}

// TestNoSuchProtocol: what a peer does not have is not agreed on, and no stream is left.
func TestNoSuchProtocol(t *testing.T) {
	own, stock := connected(t, true)
	for _, side := range []struct{ from, to host.Host }{{own, stock}, {stock, own}} {
		if _, err := side.from.NewStream(testContext(t), side.to.ID(), later); err == nil {
			t.Error("there is a stream")
		}
	}
	for ctx := testContext(t); undecided(own) > 0; time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("a stream is left")
		}
	}
}

// undecided counts streams for which there is no protocol yet, or never will be.
func undecided(h host.Host) (n int) {
	for _, c := range h.Network().Conns() {
		for _, s := range c.GetStreams() {
			if s.Protocol() == later || s.Protocol() == "" {
				n++
			}
		}
	}
	return n
}

// TestSilentPeer: who does not answer is not waited for longer than asked.
func TestSilentPeer(t *testing.T) {
	own, stock := connected(t, true)
	stock.Network().SetStreamHandler(func(s network.Stream) { // it chooses no protocol
		_, _ = io.Copy(io.Discard, s)
		s.Close()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := own.NewStream(ctx, stock.ID(), later); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := own.NewStream(network.WithNoDial(testContext(t), "a test"), "nobody", later); !errors.Is(err, network.ErrNoConn) {
		t.Errorf("a stream without a connection: %v", err)
	}
}

// TestListenerEnds: what is not listened on any more is not told any more, and who is
// connected learns it.
func TestListenerEnds(t *testing.T) {
	_, d := fakeTor(t)
	stay, stayKey := newOnion(t)
	leave, leaveKey := newOnion(t)
	own, err := onionhost.New(onionhost.Config{
		Key: newIdentity(t), ListenAddrs: []ma.Multiaddr{stay, leave},
		Transport: []tortransport.Option{tortransport.WithDaemon(d), stayKey, leaveKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	stock := stockHost(t, d)
	if err := own.Connect(testContext(t), infoOf(stock)); err != nil {
		t.Fatal(err)
	}
	checkIdentification(t, own, identification(t, stock, own.ID()), []ma.Multiaddr{stay, leave})
	changes, err := own.EventBus().Subscribe(new(event.EvtLocalAddressesUpdated))
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Close()
	<-changes.Out() // of the start
	pushed, err := stock.EventBus().Subscribe(new(event.EvtPeerIdentificationCompleted))
	if err != nil {
		t.Fatal(err)
	}
	defer pushed.Close()
	own.Network().(*swarm.Swarm).ListenClose(leave)
	select {
	case e := <-changes.Out():
		change := e.(event.EvtLocalAddressesUpdated)
		if len(change.Current) != 1 || !change.Current[0].Address.Equal(stay) || change.Current[0].Action != event.Maintained {
			t.Errorf("what is left: %d addresses", len(change.Current))
		}
		if len(change.Removed) != 1 || !change.Removed[0].Address.Equal(leave) || change.Removed[0].Action != event.Removed {
			t.Errorf("what is gone: %d addresses", len(change.Removed))
		}
		if r, err := change.SignedPeerRecord.Record(); err != nil {
			t.Error(err)
		} else {
			wantOnly(t, "the signed record", r.(*peer.PeerRecord).Addrs, []ma.Multiaddr{stay})
		}
	case <-testContext(t).Done():
		t.Fatal("no change is told")
	}
	for {
		select {
		case e := <-pushed.Out():
			if told := e.(event.EvtPeerIdentificationCompleted).ListenAddrs; len(told) == 1 {
				wantOnly(t, "what the peer is told", told, []ma.Multiaddr{stay})
				wantOnly(t, "its own addresses", own.Peerstore().Addrs(own.ID()), []ma.Multiaddr{stay})
				return
			}
		case <-testContext(t).Done():
			t.Fatal("the peer is not told")
		}
	}
}

// TestCloseTwice: the second time it is closed already.
func TestCloseTwice(t *testing.T) {
	own, stock := connected(t, true)
	for range 2 {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := own.NewStream(testContext(t), stock.ID(), later); err == nil {
		t.Error("a closed host opens a stream")
	}
	own.SetStreamHandler(later, echo) // does nothing
}
