package tortransport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// phaseTimes reads the seconds of each phase and outcome, and how often it was
// observed.
func phaseTimes(t *testing.T, reg prometheus.Gatherer) map[string]string {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	times := make(map[string]string)
	for _, f := range families {
		if f.GetName() != "onionwire_tor_dial_phase_duration_seconds" {
			continue
		}
		for _, m := range f.GetMetric() {
			h := m.GetHistogram()
			times[m.GetLabel()[1].GetValue()+" "+m.GetLabel()[0].GetValue()] = fmt.Sprintf("%gs in %d", h.GetSampleSum(), h.GetSampleCount())
		}
	}
	return times
}

// TestDialTrace is a dial that waits in the queue, has to be made again without
// early negotiation, and fails in the end.
func TestDialTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewPedanticRegistry()
		m, err := registerMetrics(reg)
		if err != nil {
			t.Fatal(err)
		}
		trace := m.dial()
		time.Sleep(time.Hour) // before any phase
		for _, step := range []struct {
			phase dialPhase
			lasts time.Duration
		}{
			{phaseQueue, time.Minute},
			{phaseTorReady, 0},
			{phaseCircuit, time.Second},
			{phaseCircuit, time.Second},
			{phaseNegotiation, 500 * time.Millisecond},
			{phaseCircuit, time.Second},
			{phaseNegotiation, 250 * time.Millisecond},
		} {
			trace.enter(step.phase)
			time.Sleep(step.lasts)
		}
		m.fallback()
		trace.done(fmt.Errorf("dialling: %w", context.DeadlineExceeded))
		time.Sleep(time.Hour) // what follows does not count
		trace.enter(phaseQueue)
		trace.done(nil)
		want := map[string]string{
			"queue success":       "60s in 1",
			"tor_ready success":   "0s in 1",
			"circuit success":     "3s in 2",
			"negotiation success": "0.5s in 1",
			"negotiation failed":  "0.25s in 1",
		}
		if got := phaseTimes(t, reg); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestDialTraceRace has the reply of Tor arrive while the dial ends.
func TestDialTraceRace(t *testing.T) {
	m, err := registerMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		trace := m.dial()
		trace.enter(phaseCircuit)
		var tasks sync.WaitGroup
		tasks.Go(func() { trace.enter(phaseNegotiation) })
		tasks.Go(func() { trace.done(nil) })
		tasks.Wait()
	}
}

func TestCachedDials(t *testing.T) {
	m, err := registerMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	m.dialCached(fmt.Errorf("dialling: %w", ErrNotFound))
	for cached, want := range map[string]float64{"true": 1, "false": 0} {
		if got := testutil.ToFloat64(m.dials.WithLabelValues("not_found", cached)); got != want {
			t.Errorf("cached %s: got %g, want %g", cached, got, want)
		}
	}
}

// TestNoMetrics: without the option nothing is counted, and nobody asks.
func TestNoMetrics(*testing.T) {
	var m *metrics
	t := new(Transport)
	m.used(t)
	m.closed(t)
	m.dialCached(errors.New("an error"))
	m.fallback()
	m.inbound(nil)
	trace := m.dial()
	trace.enter(phaseCircuit)
	trace.done(nil)
}
