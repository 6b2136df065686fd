package tortransport

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// gauges is what a transport says of itself when it is asked at a scrape.
type gauges struct {
	dialsActive, dialsWaiting int
	failures                  int // that are fresh
	services                  map[tor.Phase]int
}

var (
	dialsActiveDesc  = liveDesc("dials_active", "Outbound dials that hold a place among those that build circuits.")
	dialsWaitingDesc = liveDesc("dials_waiting", "Outbound dials that wait for a place among those that build circuits.")
	failuresDesc     = liveDesc("recent_failures", "Onion addresses that failed so lately that a dial is answered with the same error.")
	servicesDesc     = liveDesc("services", "Onion services that are listened on, by phase.", "phase")
	daemonsDesc      = liveDesc("daemons", "Tor daemons that transports use, by whether they can be used.", "state")
	bootstrapDesc    = liveDesc("bootstrap_ratio", "How far Tor has got in connecting to its network, from 0 to 1; of several daemons, the one that is behind.")
	reconnectsDesc   = liveDesc("daemon_reconnects_total", "How often Tor was lost and found again while a transport used it.")

	liveDescs = []*prometheus.Desc{
		dialsActiveDesc, dialsWaitingDesc, failuresDesc, servicesDesc, daemonsDesc, bootstrapDesc, reconnectsDesc,
	}
)

// stateNoNetwork is that of a daemon which answers and gets no circuit through.
const stateNoNetwork = "no_network"

var daemonStates = []string{tor.Connected.String(), stateNoNetwork, tor.Reconnecting.String(), tor.Ended.String()}

func stateOf(st tor.DaemonStatus) string {
	if st.State == tor.Connected && st.Network != nil {
		return stateNoNetwork
	}
	return st.State.String()
}

func liveDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(metricsNamespace, "", name), help, labels, nil)
}

// live is the set of transports that are in use, and of their daemons: transports
// may share one, which counts once.
type live struct {
	transports map[*Transport]struct{}
	daemons    map[*tor.Daemon]*use
	reconnects uint64 // of daemons while they were in use, and are not any more
}

// use is that of a daemon by so many transports.
type use struct {
	transports int
	before     uint64 // reconnects
}

func newLive() live {
	return live{transports: make(map[*Transport]struct{}), daemons: make(map[*tor.Daemon]*use)}
}

// used begins to ask t at every scrape, until closed. It is called when t dials or
// listens, not when it is made: libp2p makes some transports that it does not use,
// and does not close those of a host that it failed to make.
func (m *metrics) used(t *Transport) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.live.transports[t]; ok || t.closed {
		return
	}
	m.live.transports[t] = struct{}{}
	if t.daemon == nil {
		return
	}
	u := m.live.daemons[t.daemon]
	if u == nil {
		u = &use{before: t.daemon.Reconnects()}
		m.live.daemons[t.daemon] = u
	}
	u.transports++
}

// closed forgets t for good. It may be called again.
func (m *metrics) closed(t *Transport) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	t.closed = true
	if _, ok := m.live.transports[t]; !ok {
		return
	}
	delete(m.live.transports, t)
	if t.daemon == nil {
		return
	}
	u := m.live.daemons[t.daemon]
	u.transports--
	if u.transports == 0 {
		m.live.reconnects += t.daemon.Reconnects() - u.before
		delete(m.live.daemons, t.daemon)
	}
}

// collectLive sums over the transports that are in use.
func (m *metrics) collectLive(ch chan<- prometheus.Metric) {
	transports, daemons, reconnects := m.snapshot()
	sum := gauges{services: make(map[tor.Phase]int)}
	for _, t := range transports {
		g := t.gauges()
		sum.dialsActive += g.dialsActive
		sum.dialsWaiting += g.dialsWaiting
		sum.failures += g.failures
		for phase, n := range g.services {
			sum.services[phase] += n
		}
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	gauge(dialsActiveDesc, float64(sum.dialsActive))
	gauge(dialsWaitingDesc, float64(sum.dialsWaiting))
	gauge(failuresDesc, float64(sum.failures))
	for phase := tor.Starting; phase < tor.Gone; phase++ {
		gauge(servicesDesc, float64(sum.services[phase]), phase.String())
	}

	states := make(map[string]int)
	percent := 100
	for _, d := range daemons {
		st := statusOf(d)
		states[stateOf(st)]++
		percent = min(percent, st.Progress.Percent)
	}
	for _, state := range daemonStates {
		gauge(daemonsDesc, float64(states[state]), state)
	}
	if len(daemons) > 0 {
		gauge(bootstrapDesc, float64(percent)/100)
	}
	ch <- prometheus.MustNewConstMetric(reconnectsDesc, prometheus.CounterValue, float64(reconnects))
}

// snapshot returns the transports that are in use, their daemons, and all
// reconnects so far. The lock is not held while the transports are asked: one that
// begins to listen calls used with its own lock held.
func (m *metrics) snapshot() (transports []*Transport, daemons []*tor.Daemon, reconnects uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for t := range m.live.transports {
		transports = append(transports, t)
	}
	reconnects = m.live.reconnects
	for d, u := range m.live.daemons {
		daemons = append(daemons, d)
		reconnects += d.Reconnects() - u.before
	}
	return transports, daemons, reconnects
}

// gauges is how t is doing now. It waits for nothing but locks.
func (t *Transport) gauges() gauges {
	g := gauges{services: make(map[tor.Phase]int), failures: t.failures.Len()}
	g.dialsActive, g.dialsWaiting = t.places.Count()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.listeners {
		g.services[phaseOf(l.service)]++
	}
	return g
}

func phaseOf(s service) tor.Phase {
	for st := range s.Status(context.Background()) {
		return st.Phase // the first is the current one
	}
	return tor.Gone
}

func statusOf(d *tor.Daemon) tor.DaemonStatus {
	for st := range d.Status(context.Background()) {
		return st // the first is the current one
	}
	return tor.DaemonStatus{State: tor.Ended}
}
