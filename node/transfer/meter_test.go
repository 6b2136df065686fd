package transfer_test

import (
	"math"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/transfer"
)

func TestMeter(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	m := transfer.NewMeter(now)
	if m.Rate(now) != 0 || m.Left(now, 1000) != 0 {
		t.Error("it knows a rate before anything has moved")
	}
	run := func(seconds, rate int) {
		for range seconds * 10 {
			now = now.Add(100 * time.Millisecond)
			m.Add(now, rate/10)
		}
	}
	want := func(rate float64) {
		t.Helper()
		if got := m.Rate(now); math.Abs(got-rate) > rate/20 {
			t.Errorf("rate is %.0f, want %.0f", got, rate)
		}
	}
	run(2, 100_000)
	want(100_000) // soon
	run(60, 100_000)
	want(100_000)
	if left := m.Left(now, 1_000_000); (left - 10*time.Second).Abs() > time.Second {
		t.Errorf("%v are left, want 10 s", left)
	}
	run(10, 200_000)
	want(200_000 - 100_000/math.E)
	run(60, 200_000)
	want(200_000)
	now = now.Add(10 * time.Second) // and nothing moves
	want(200_000 / math.E)
	now = now.Add(time.Hour)
	if left := m.Left(now, 1); left > 365*24*time.Hour {
		t.Errorf("%v are left", left)
	}
}

// The clock is set back.
func TestMeterOfAClockThatIsSetBack(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	m := transfer.NewMeter(now)
	m.Add(now.Add(time.Second), 1000)
	back := now.Add(-time.Hour)
	m.Add(back, 1000)
	for _, at := range []time.Time{back, back.Add(time.Second), now.Add(time.Hour)} {
		if rate := m.Rate(at); rate < 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
			t.Errorf("rate is %v", rate)
		}
		if left := m.Left(at, 1<<33); left < 0 {
			t.Errorf("%v are left", left)
		}
	}
}
