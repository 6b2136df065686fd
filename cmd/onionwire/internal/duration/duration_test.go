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

// TestFlag: flags take the times that commands and the interface take, and what scripts write.
func TestFlag(t *testing.T) {
	const never = 7 * time.Second
	for s, want := range map[string]time.Duration{
		"7d": 7 * 24 * time.Hour, " 2W ": 14 * 24 * time.Hour, "90s": 90 * time.Second, "0": 0, "0s": 0, "never": never, "off": never,
		"1h30m": 90 * time.Minute, "300ms": 300 * time.Millisecond,
	} {
		got := time.Minute
		if err := duration.Flag(&got, never).Set(s); err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "5", "1x", "-1s", "soon", "default", "53w", "9000h"} {
		got := time.Minute
		if err := duration.Flag(&got, never).Set(s); err == nil || got != time.Minute {
			t.Errorf("%q is %v", s, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "0", time.Minute: "1m", 2 * time.Hour: "2h", 90 * time.Second: "1m30s", time.Hour + time.Minute: "1h1m", 10 * time.Second: "10s"} {
		if got := duration.Flag(&d, never).String(); got != want {
			t.Errorf("%v is written as %q, want %q", d, got, want)
		}
	}
}
