package tortransport_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"

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

// deadTor is the Tor of a world where nobody but one is alive: it answers requests
// for the others after deadDial.
type deadTor struct{ now, most, ended atomic.Int64 }

func (d *deadTor) play(f *tortest.Fake, alive string) {
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply {
		if r.Host == alive {
			return tortest.FakeSocksReply{}
		}
		for n := d.now.Add(1); ; {
			if m := d.most.Load(); n <= m || d.most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(deadDial)
		d.now.Add(-1)
		d.ended.Add(1)
		return tortest.FakeSocksReply{Code: 0xf0}
	})
}

// waiting is how many dials wait for a place, as the metrics tell.
func waiting(t *testing.T, reg *prometheus.Registry) int {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "onionwire_tor_dials_waiting" {
			return int(f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	return 0
}

// TestCrowdOfTheDead dials a thousand dead addresses at once and, in the middle of
// it, one that is alive: by libp2p's own Connect, and by one that is urgent.
func TestCrowdOfTheDead(t *testing.T) {
	for name, tc := range map[string]struct {
		connect func(context.Context, host.Host, peer.AddrInfo) error
		delay   int64 // in dead dials that may end before it
	}{
		"urgent": {onionhost.Connect, 0},
		"plain":  {func(ctx context.Context, h host.Host, to peer.AddrInfo) error { return h.Connect(ctx, to) }, 16},
	} {
		t.Run(name, func(t *testing.T) {
			f, d := fakeTor(t)
			server := ownHost(t, d, newKey(t))
			awaitReady(t, server.Network())
			alive, _, err := onion.FromMultiaddr(server.Addrs()[0])
			if err != nil {
				t.Fatal(err)
			}
			var dead deadTor
			dead.play(f, alive.String())
			reg := prometheus.NewRegistry()
			client := ownHostWith(t, d, []tortransport.Option{tortransport.WithMetrics(reg)})
			var crowded []peer.AddrInfo
			for range crowd {
				crowded = append(crowded, peer.AddrInfo{ID: randomPeer(t), Addrs: []ma.Multiaddr{onionAddr(t, newKey(t))}})
			}
			goroutines, memory := runtime.NumGoroutine(), heap()

			ctx, cancel := context.WithCancel(testContext(t))
			defer cancel()
			var dials sync.WaitGroup
			for _, to := range crowded {
				dials.Go(func() {
					if err := client.Connect(ctx, to); err == nil {
						t.Error("somebody dead has answered")
					}
				})
			}
			await(t, "all others wait", func() bool { return waiting(t, reg) >= crowd-100 })
			perDial := float64(runtime.NumGoroutine()-goroutines) / crowd
			grown := (float64(heap()) - float64(memory)) / crowd
			ended := dead.ended.Load()
			if err := tc.connect(testContext(t), client, infoOf(server)); err != nil {
				t.Fatal(err)
			}
			// Those that are made when it comes may all end, and be followed by as many,
			// before anybody looks.
			if ended = dead.ended.Load() - ended; ended > 2*max(tc.delay, 8) {
				t.Errorf("%d dead dials have ended before the live one", ended)
			}
			asked := dead.most.Load() // Tor goes on for a moment with what nobody waits for any more
			cancel()
			dials.Wait()
			t.Logf("for each of %d dials %.1f goroutines, %.1f kB; at most %d at once; %d ended before the live one", crowd, perDial, grown/1000, asked, ended)

			// The callers wait in goroutines of their own and libp2p has some for each: the
			// transport adds none, and what Tor sees is bounded.
			if perDial > 8 {
				t.Errorf("%.1f goroutines for each dial", perDial)
			}
			if grown > 100e3 {
				t.Errorf("%.0f bytes for each dial", grown)
			}
			if asked > 16 {
				t.Errorf("Tor was asked for %d dead addresses at once", asked)
			}
			await(t, "all goroutines of the dials end", func() bool { return runtime.NumGoroutine() < goroutines+100 })
		})
	}
}

// TestCrowdOnRealTor dials addresses that nobody has and counts Tor's circuits.
func TestCrowdOnRealTor(t *testing.T) {
	t.Parallel()
	o := startObserved(t, privateNetwork(t))
	client := newParty(t, o.Daemon)
	ctx, cancel := context.WithTimeout(testContext(t), 20*time.Second)
	defer cancel()
	var dials sync.WaitGroup
	for range 300 {
		addr, p := onionAddr(t, newKey(t)), randomPeer(t)
		dials.Go(func() {
			if c, err := client.Dial(ctx, addr, p); err == nil {
				c.Close()
				t.Error("somebody dead has answered")
			}
		})
	}
	most := 0
	for ctx.Err() == nil {
		most = max(most, len(o.ask(t, "GETINFO circuit-status")))
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	dials.Wait()
	left := len(o.ask(t, "GETINFO circuit-status"))
	t.Logf("at most %d circuits for 300 dead addresses, %d in the end", most, left)
	// Each address costs five, which tor would keep.
	if most == 0 || most > 600 || left > 200 {
		t.Errorf("tor has had %d circuits at once, and %d in the end", most, left)
	}
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
		0x01: 6, 0x05: 3, 0xf3: 3, 0xf4: 3, 0xf5: 3, // there, or about us; 0x01 is tried twice
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
