package tortransport_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/transport"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// acceptError waits for the end of a listener.
func acceptError(tb testing.TB, l transport.Listener) error {
	tb.Helper()
	failed := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			c.Close()
		}
		failed <- err
	}()
	select {
	case err := <-failed:
		return err
	case <-time.After(testTimeout):
		tb.Fatal("Accept does not return")
		return nil
	}
}

func wantClosed(tb testing.TB, l transport.Listener) {
	tb.Helper()
	if err := acceptError(tb, l); !errors.Is(err, transport.ErrListenerClosed) || !errors.Is(err, net.ErrClosed) {
		tb.Errorf("Accept after Close gave %v, want transport.ErrListenerClosed and net.ErrClosed", err)
	}
}

// awaitGoroutine waits until a function is being called, as stack traces name it.
func awaitGoroutine(tb testing.TB, function string) {
	tb.Helper()
	eventually(tb, func() bool {
		stacks := make([]byte, 1<<22)
		return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), function)
	}, func() { tb.Fatalf("nobody calls %s", function) })
}

func TestClose(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	l := server.listen(t, k)
	waiting := make(chan error, 1)
	go func() { waiting <- acceptError(t, l) }()
	awaitGoroutine(t, "tortransport.(*listener).Accept(")
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := <-waiting; !errors.Is(err, transport.ErrListenerClosed) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("the Accept that was waiting gave %v", err)
	}
	wantClosed(t, l)
	if err := l.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	if services := f.Services(); len(services) != 0 {
		t.Errorf("%d onion services are left", len(services))
	}
	if err := server.Ready(testContext(t), l.Multiaddr()); err == nil {
		t.Error("a closed listener is ready")
	}
}

// TestCloseKeepsConnections: closing a listener is not closing what it accepted.
func TestCloseKeepsConnections(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	l := server.listen(t, k)
	accepted := make(chan transport.CapableConn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	near := newParty(t, d).mustDial(t, l.Multiaddr(), server.id)
	defer near.Close()
	far := <-accepted
	l.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		echoStreams(far)
	}()
	mustEcho(t, near)
	near.Close()
	<-done
}

func TestCloseDuringNegotiation(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	limits := newCountingManager(t)
	server := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	l := server.listen(t, k)
	for range 40 { // more than may negotiate
		dialRaw(t, d.SOCKS(), l.Multiaddr())
	}
	// By itself no negotiation would end before AcceptTimeout.
	closed := make(chan error, 1)
	go func() { closed <- l.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(tortransport.AcceptTimeout / 2):
		t.Fatal("Close waits for negotiations")
	}
	limits.want(t, 0)
}

func TestListenAgain(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	for range 5 {
		l, err := server.Listen(onionAddr(t, k)) // closed before Tor has taken it, too
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	mustReach(t, d, server.serve(t, k), server)
}

func TestListenTwice(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	server.listen(t, k)
	if _, err := server.Listen(onionAddr(t, k)); !errors.Is(err, tor.ErrCollision) {
		t.Errorf("on the same transport: %v, want tor.ErrCollision", err)
	}
	if _, err := newParty(t, d, k).Listen(onionAddr(t, k)); !errors.Is(err, tor.ErrCollision) {
		t.Errorf("on another transport: %v, want tor.ErrCollision", err)
	}
	// Through another control connection only Tor knows, and says so later.
	other := attach(t, tor.AttachConfig{Control: parseAddr(t, f.ControlAddr())})
	l, err := newParty(t, other, k).Listen(onionAddr(t, k))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := acceptError(t, l); !errors.Is(err, tor.ErrCollision) {
		t.Errorf("at another daemon: %v, want tor.ErrCollision", err)
	}
}

func TestListenWithoutKey(t *testing.T) {
	_, d := fakeTor(t)
	_, err := newParty(t, d, newKey(t)).Listen(onionAddr(t, newKey(t)))
	if !errors.Is(err, tortransport.ErrNoKey) {
		t.Errorf("got %v, want ErrNoKey", err)
	}
	wantDiscreet(t, err)
}

func TestListenOnLaterKey(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	p := newParty(t, d, newKey(t))
	for range 2 { // the second time changes nothing
		if err := p.AddService(tortransport.Service{Key: k}); err != nil {
			t.Fatal(err)
		}
	}
	l, err := p.Listen(onionAddr(t, k))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := p.AddService(tortransport.Service{}); err == nil {
		t.Error("a service without a key was taken")
	}
	open := tortransport.Service{Key: newKey(t), Target: parseAddr(t, "0.0.0.0:1")}
	if err := p.AddService(open); !errors.Is(err, tortransport.ErrOpenTarget) {
		t.Errorf("a target for everybody: %v", err)
	}
}

func TestListenWithoutDaemon(t *testing.T) {
	k := newKey(t)
	p := partyConfig{}.new(t, tortransport.WithDialer(&countingDialer{}), tortransport.WithOnionKey(k))
	l, err := p.Listen(onionAddr(t, k))
	if err == nil {
		l.Close()
		t.Error("a transport without a daemon listens")
	}
	wantDiscreet(t, err)
}

// TestListenDoesNotWait: the address is known before Tor has said a word.
func TestListenDoesNotWait(t *testing.T) {
	f, d := fakeTor(t)
	answer := make(chan struct{})
	f.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, "ADD_ONION") {
			<-answer
		}
		return tortest.FakeReply{}
	})
	k := newKey(t)
	server := newParty(t, d, k)
	l, err := server.Listen(onionAddr(t, k)) // returns before the answer
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	defer close(answer)
	if !l.Multiaddr().Equal(onionAddr(t, k)) {
		t.Error("the address is not that of the key")
	}
	ctx, cancel := context.WithTimeout(testContext(t), 100*time.Millisecond)
	defer cancel()
	if err := server.Ready(ctx, l.Multiaddr()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ready gave %v, want the context's error", err)
	}
}

// TestListenerOutlivesControl: when the control connection is lost and found again,
// the listener is still open and the service is published again.
func TestListenerOutlivesControl(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	mustReach(t, d, addr, server)
	status, err := server.Status(testContext(t), addr)
	if err != nil {
		t.Fatal(err)
	}
	// A loss that is over at once can be missed: the status tells what is so now.
	seen := make(chan struct{})
	f.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, "AUTHENTICATE") {
			select {
			case <-seen:
			case <-t.Context().Done():
			}
		}
		return tortest.FakeReply{}
	})
	dropped, degraded := false, false
	for st := range status {
		if !dropped {
			dropped = true
			f.DropControl()
			continue
		}
		if !degraded && st.Phase == tor.Degraded && errors.Is(st.Err, tor.ErrControl) {
			degraded = true
			close(seen)
		}
		if degraded && st.Phase == tor.Reachable {
			break
		}
	}
	if !degraded {
		t.Fatal("the status did not tell of the loss")
	}
	mustReach(t, d, addr, server)
}

func TestOptionsAreChecked(t *testing.T) {
	for name, opts := range map[string][]tortransport.Option{
		"nothing to dial with": nil,
		"no daemon":            {tortransport.WithDaemon(nil)},
		"no dialler":           {tortransport.WithDialer(nil)},
		"no logger":            {tortransport.WithDialer(&countingDialer{}), tortransport.WithLogger(nil)},
		"empty key":            {tortransport.WithDialer(&countingDialer{}), tortransport.WithOnionKey(onion.Key{})},
		"no dial timeout":      {tortransport.WithDialer(&countingDialer{}), tortransport.WithDialTimeout(0)},
		"no accept timeout":    {tortransport.WithDialer(&countingDialer{}), tortransport.WithAcceptTimeout(-1)},
	} {
		if _, err := tortransport.New(nil, nil, opts...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
