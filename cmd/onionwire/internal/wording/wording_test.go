package wording_test

import (
	"math"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 8 << 20: "8.0 MiB", 3 << 30: "3.0 GiB", 5 << 40: "5.0 TiB",
		math.MaxInt64: "8.0 EiB",
	} {
		if got := wording.Bytes(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 59 * time.Second: "59 s", 90 * time.Second: "1 min", 47 * time.Hour: "47 h", 50 * time.Hour: "2 days",
	} {
		if got := wording.Span(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestPresence(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(after time.Duration) rpc.Time { return rpc.TimeOf(now.Add(after)) }
	for _, test := range []struct {
		presence rpc.Presence
		want     string
	}{
		{rpc.Presence{State: rpc.Online, Heard: at(-9 * time.Second)}, "online"},
		{rpc.Presence{State: rpc.Silent, Heard: at(-14 * time.Second)}, "heard 14 s ago"},
		{rpc.Presence{State: rpc.Connecting, Trouble: rpc.NotThere}, "connecting"},
		{rpc.Presence{State: rpc.Connecting, Trouble: rpc.AnotherPeer}, "connecting: SOMEBODY ELSE answers at this address"},
		{rpc.Presence{State: rpc.Offline}, "not connected"},
		{rpc.Presence{State: rpc.Offline, Heard: at(-3 * time.Hour)}, "not connected, heard 3 h ago"},
		{
			rpc.Presence{State: rpc.Offline, Trouble: rpc.NotThere, Tried: at(-3 * time.Minute), Next: at(12 * time.Minute)},
			"not reachable, tried 3 min ago, next try in 12 min",
		},
		{
			rpc.Presence{State: rpc.Offline, Trouble: rpc.Failed, Tried: at(-time.Minute), Next: at(-time.Second), Heard: at(-time.Hour)},
			"not reachable, tried 1 min ago, next try soon, heard 1 h ago",
		},
		{
			rpc.Presence{State: rpc.Offline, Trouble: rpc.TurnedAway, Tried: at(-20 * time.Second)},
			"not reachable: does not take the call, tried 20 s ago",
		},
		{
			rpc.Presence{State: rpc.Offline, Trouble: rpc.NotThere, Tried: at(-5 * time.Hour)},
			"not connected, not reachable 5 h ago",
		},
		{
			rpc.Presence{State: rpc.Offline, Trouble: rpc.NotProven, Tried: at(-5 * time.Hour)},
			"not reachable: could not prove who they are, tried 5 h ago",
		},
		{rpc.Presence{State: "another"}, "another"},
	} {
		if got := wording.Presence(test.presence, now); got != test.want {
			t.Errorf("%+v is %q, want %q", test.presence, got, test.want)
		}
	}
}
