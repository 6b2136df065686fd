package tortransport_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// crowd is how many dead addresses are dialled at once.
	crowd = 1000
	// deadDial is how long Tor takes to find out that one is dead.
	deadDial = 2 * time.Second
)

// deadTor answers every request for an address that is not alive after deadDial,
// and counts how many it works on at once.
func deadTor(f *tortest.Fake, alive string) (most *atomic.Int64) {
	var now atomic.Int64
	most = new(atomic.Int64)
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply {
		if r.Host == alive {
			return tortest.FakeSocksReply{}
		}
		for n := now.Add(1); ; {
			if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(deadDial)
		now.Add(-1)
		return tortest.FakeSocksReply{Code: 0xf0}
	})
	return most
}

// TestCrowdOfTheDead dials a thousand dead addresses at once and, in the middle of
// it, one that is alive.
func TestCrowdOfTheDead(t *testing.T) {
	t.Parallel()
	f, d := fakeTor(t)
	server := ownHost(t, d, newKey(t))
	awaitReady(t, server.Network())
	alive, _, err := onion.FromMultiaddr(server.Addrs()[0])
	if err != nil {
		t.Fatal(err)
	}
	most := deadTor(f, alive.String())
	client := ownHost(t, d)
	before := runtime.NumGoroutine()

	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	var dials sync.WaitGroup
	for range crowd {
		to := peer.AddrInfo{ID: randomPeer(t), Addrs: []ma.Multiaddr{onionAddr(t, newKey(t))}}
		dials.Go(func() {
			if err := client.Connect(ctx, to); err == nil {
				t.Error("somebody dead has answered")
			}
		})
	}
	await(t, "Tor is busy with the dead", func() bool { return most.Load() >= 8 })
	goroutines := runtime.NumGoroutine() - before
	begin := time.Now()
	if err := onionhost.Connect(testContext(t), client, infoOf(server)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > deadDial {
		t.Errorf("the live one took %s, a dead one takes %s", took, deadDial)
	}
	asked := most.Load() // Tor goes on for a moment with what nobody waits for any more
	cancel()
	dials.Wait()

	t.Logf("%.1f goroutines and at most %d requests at once for %d dials; the live one took %s", float64(goroutines)/crowd, asked, crowd, time.Since(begin))
	// The callers wait in goroutines of their own and libp2p has some for each: the
	// transport adds none to those that wait, and what Tor sees is bounded.
	if limit := 8 * crowd; goroutines > limit {
		t.Errorf("%d goroutines for %d dials", goroutines, crowd)
	}
	if asked > 16 {
		t.Errorf("Tor was asked for %d dead addresses at once", asked)
	}
	await(t, "all goroutines of the dials end", func() bool { return runtime.NumGoroutine() < before+100 })
}

// TestNegativeCache: a dead address is not asked for again so soon, unless
// somebody waits, and until there is a sign of life.
func TestNegativeCache(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	addr := onionAddr(t, k)
	client := newParty(t, d)
	asked := func(what string, want int) {
		t.Helper()
		if n := len(f.Requests()); n != want {
			t.Errorf("%s: Tor was asked %d times, want %d", what, n, want)
		}
	}
	for range 3 {
		err := client.dialFails(t, testContext(t), addr, server.id)
		if !errors.Is(err, tortransport.ErrNotFound) {
			t.Errorf("error = %v", err)
		}
		wantDiscreet(t, err)
	}
	asked("the same again", 1)
	done := client.Hurry(server.id)
	client.dialFails(t, testContext(t), addr, server.id)
	done()
	asked("in a hurry", 2)
	server.serve(t, k)
	client.dialFails(t, testContext(t), addr, server.id)
	asked("still remembered", 2)
	defer client.Hurry(server.id)()
	client.mustDial(t, addr, server.id).Close()
	client.mustDial(t, addr, server.id).Close()
	asked("alive again", 4)
}

// TestSignOfLife: a peer that connects to us can be dialled at once.
func TestSignOfLife(t *testing.T) {
	f, d := fakeTor(t)
	ours, theirs := newKey(t), newKey(t)
	we, they := newParty(t, d, ours), newParty(t, d, theirs)
	addr := we.serve(t, ours)
	we.dialFails(t, testContext(t), onionAddr(t, theirs), they.id)
	before := len(f.Requests())
	c := they.mustDial(t, addr, we.id)
	defer c.Close()
	mustEcho(t, c)
	they.serve(t, theirs)
	we.mustDial(t, onionAddr(t, theirs), they.id).Close()
	if n := len(f.Requests()) - before; n != 2 {
		t.Errorf("Tor was asked %d times, want 2", n)
	}
}

// TestWhatIsRemembered: only what tells that the service is away.
func TestWhatIsRemembered(t *testing.T) {
	for code, want := range map[byte]int{
		0xf0: 1, 0xf1: 1, 0xf2: 1, 0xf7: 1, 0x04: 1, // away
		0x01: 3, 0x05: 3, 0xf3: 3, 0xf4: 3, 0xf5: 3, // there, or about us
	} {
		f, d := fakeTor(t)
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: code} })
		client, p, addr := newParty(t, d), randomPeer(t), onionAddr(t, newKey(t))
		for range 3 {
			client.dialFails(t, testContext(t), addr, p)
		}
		if n := len(f.Requests()); n != want {
			t.Errorf("0x%02x: Tor was asked %d times, want %d", code, n, want)
		}
	}
}

// await waits until a condition holds.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx := testContext(t)
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("it never came to it that %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
