package tortransport_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestGoneService dials a service whose tor has ended. Its descriptors stay in the
// directories for hours, since nobody can take them back: they name introduction
// points that no longer know it. Whether the dialler has the descriptor already or
// fetches it, the dial fails in bounded time, and says that the service is away.
func TestGoneService(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	d := startTor(t)
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	knowing, asking := newParty(t, a), newParty(t, b)
	knowing.mustDial(t, addr, server.id).Close()
	d.Close()
	// At once: Tor tries the circuit first that the one has, and that is just being
	// closed.
	for name, client := range map[string]party{"knowing": knowing, "asking": asking} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			err := client.dialFails(t, testContext(t), addr, server.id)
			t.Logf("after %s: %v", time.Since(begin).Round(time.Millisecond), err)
			if !errors.Is(err, tortransport.ErrIntroduction) && !errors.Is(err, tortransport.ErrTimeout) {
				t.Errorf("error = %v", err)
			}
			wantDiscreet(t, err)
		})
	}
}

// TestCircuitIsLost: a stream whose circuit is closed under it is tried once more.
func TestCircuitIsLost(t *testing.T) {
	for mode, opts := range modes {
		for failures, want := range []int{1, 2, 2} {
			f, d := fakeTor(t)
			k := newKey(t)
			server := newParty(t, d, k)
			addr := server.serve(t, k)
			left := int32(failures)
			f.OnSocks(func(tortest.FakeRequest) (r tortest.FakeSocksReply) {
				if atomic.AddInt32(&left, -1) >= 0 {
					r.Code = 0x01
				}
				return r
			})
			limits := newCountingManager(t)
			c, err := partyConfig{limits: limits}.new(t, append(opts, tortransport.WithDaemon(d))...).Dial(testContext(t), addr, server.id)
			if (err == nil) != (failures < 2) {
				t.Errorf("%s, %d failures: %v", mode, failures, err)
			}
			if err == nil {
				mustEcho(t, c)
				c.Close()
			}
			if n := len(f.Requests()); n != want {
				t.Errorf("%s, %d failures: %d dials, want %d", mode, failures, n, want)
			}
			limits.wantNone(t)
		}
	}
}
