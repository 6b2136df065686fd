package tortransport_test

import (
	"context"
	"testing"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

func pingOnce(t testing.TB, from, to host.Host) ping.Result {
	t.Helper()
	return pingAt(t, from, infoOf(to))
}

// pingAt connects and measures one round trip.
func pingAt(t testing.TB, from host.Host, to peer.AddrInfo) ping.Result {
	t.Helper()
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	if err := from.Connect(ctx, to); err != nil {
		t.Fatalf("connecting: %v", err)
	}
	results := ping.Ping(ctx, from, to.ID)
	r := <-results
	cancel()
	for range results { // until its goroutine has ended
	}
	return r
}

func TestPing(t *testing.T) {
	t.Parallel()
	a, b := startTor(t), startTor(t)
	stock := stockHost(t, a, newKey(t))
	own := ownHost(t, b, newKey(t))
	awaitReady(t, stock.Network())
	awaitReady(t, own.Network())
	for _, tc := range []struct {
		name     string
		from, to host.Host
	}{
		{"from a stock host", stock, own},
		{"to a stock host", ownHost(t, b), stock},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := pingOnce(t, tc.from, tc.to)
			if r.Error != nil || r.RTT <= 0 {
				t.Errorf("ping gave %v, %v", r.RTT, r.Error)
			}
			conn := tc.from.Network().ConnsToPeer(tc.to.ID())[0]
			if got, want := conn.RemoteMultiaddr().String(), tc.to.Addrs()[0].String(); got != want {
				t.Errorf("remote address of the connection is not the one that was dialled")
			}
		})
	}
}
