package duration_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
)

func TestDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"1s": time.Second, "90s": 90 * time.Second, "30m": 30 * time.Minute, " 12H ": 12 * time.Hour,
		"7d": 7 * 24 * time.Hour, "52w": 52 * 7 * 24 * time.Hour, "never": duration.Never, "off": duration.Never, "default": duration.Default,
	} {
		if got, err := duration.Parse(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "5", "d", "0s", "-1s", "1.5h", "53w", "9999999999s", "1y", "1m30s"} {
		if got, err := duration.Parse(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "never", time.Second: "1 second", 90 * time.Second: "90 seconds", time.Hour: "1 hour", 48 * time.Hour: "2 days",
		7 * 24 * time.Hour: "1 week", 1500 * time.Millisecond: "2s",
	} {
		if got := duration.Format(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
