package tortransport

import (
	"strconv"
	"sync"
	"time"
)

// dialPhase is a part of a dial. A dial may leave some out, or come back to one when
// it is made again.
type dialPhase string

const (
	// phaseTorReady: waiting until Tor is connected to its network.
	phaseTorReady dialPhase = "tor_ready"
	// phaseQueue: waiting for a place among the dials that build circuits.
	phaseQueue dialPhase = "queue"
	// phaseCircuit: until Tor's SOCKS port says that the service has answered.
	phaseCircuit dialPhase = "circuit"
	// phaseNegotiation: from there to a connection that can be used. What was sent
	// early of it has travelled with the circuit's phase.
	phaseNegotiation dialPhase = "negotiation"
)

// dialTrace is the stopwatch of one dial. Its methods do nothing on a nil
// dialTrace and may be called concurrently.
type dialTrace struct {
	metrics *metrics

	mu    sync.Mutex
	phase dialPhase // empty before the first and after done
	since time.Time
	ended bool
}

// dial begins to watch a dial. The caller must call done.
func (m *metrics) dial() *dialTrace {
	if m == nil {
		return nil
	}
	return &dialTrace{metrics: m}
}

// enter begins a phase and ends the one before, as one that has succeeded. To
// enter the current phase again changes nothing, nor does entering one after done.
func (d *dialTrace) enter(p dialPhase) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended || d.phase == p {
		return
	}
	d.observe(outcomeSuccess)
	d.phase, d.since = p, time.Now()
}

// done counts the dial, which has succeeded if err is nil, and ends its last
// phase likewise. Only the first call counts.
func (d *dialTrace) done(err error) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended {
		return
	}
	d.ended = true
	outcome := outcomeSuccess
	if err != nil {
		outcome = outcomeFailed
	}
	d.observe(outcome)
	d.metrics.dials.WithLabelValues(dialOutcome(err), strconv.FormatBool(false)).Inc()
}

// observe takes the time of the current phase, if there is one. The caller holds
// the lock.
func (d *dialTrace) observe(outcome string) {
	if d.phase != "" {
		d.metrics.phases.WithLabelValues(string(d.phase), outcome).Observe(time.Since(d.since).Seconds())
	}
}
