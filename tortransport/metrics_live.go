package tortransport

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// gauges is what a transport says of itself when it is asked at a scrape.
type gauges struct {
	dialsActive, dialsWaiting int
	failures                  int // remembered by the negative cache
	services                  map[tor.Phase]int
	daemon                    *tor.Daemon // nil if there is none
}

var (
	dialsActiveDesc  = gaugeDesc("dials_active", "Outbound dials that hold a place among those that build circuits.")
	dialsWaitingDesc = gaugeDesc("dials_waiting", "Outbound dials that wait for a place among those that build circuits.")
	failuresDesc     = gaugeDesc("recent_failures", "Onion addresses whose last dial failed so lately that the next is answered with its error.")
	servicesDesc     = gaugeDesc("services", "Onion services that are listened on, by phase.", "phase")
	bootstrapDesc    = gaugeDesc("bootstrap_ratio", "How far Tor has got in connecting to its network, from 0 to 1; of several daemons, the one that is behind.")

	gaugeDescs = []*prometheus.Desc{dialsActiveDesc, dialsWaitingDesc, failuresDesc, servicesDesc, bootstrapDesc}
)

func gaugeDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(metricsNamespace, "", name), help, labels, nil)
}

// live is the set of transports that are open.
type live struct {
	transports map[*Transport]struct{}
}

func newLive() live { return live{transports: make(map[*Transport]struct{})} }

// opened begins to ask t at every scrape, until closed.
func (m *metrics) opened(t *Transport) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live.transports[t] = struct{}{}
}

// closed forgets t. It may be called again.
func (m *metrics) closed(t *Transport) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.live.transports, t)
}

// collectLive sums over the transports that are open.
func (m *metrics) collectLive(ch chan<- prometheus.Metric) {
	m.mu.Lock()
	var transports []*Transport
	for t := range m.live.transports {
		transports = append(transports, t)
	}
	m.mu.Unlock() // a transport that closes may hold a lock that gauges wants

	sum := gauges{services: make(map[tor.Phase]int)}
	daemons := make(map[*tor.Daemon]struct{})
	for _, t := range transports {
		g := t.gauges()
		sum.dialsActive += g.dialsActive
		sum.dialsWaiting += g.dialsWaiting
		sum.failures += g.failures
		for phase, n := range g.services {
			sum.services[phase] += n
		}
		if g.daemon != nil {
			daemons[g.daemon] = struct{}{}
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
	if len(daemons) > 0 {
		percent := 100
		for d := range daemons {
			percent = min(percent, progress(d).Percent)
		}
		gauge(bootstrapDesc, float64(percent)/100)
	}
}

// gauges is how t is doing now. It waits for nothing but locks.
func (t *Transport) gauges() gauges {
	g := gauges{services: make(map[tor.Phase]int), daemon: t.daemon}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.listeners {
		g.services[phase(l.service)]++
	}
	return g
}

// phase is the current one.
func phase(s *tor.Service) tor.Phase {
	for st := range s.Status(context.Background()) {
		return st.Phase
	}
	return tor.Gone
}

// progress is the current one.
func progress(d *tor.Daemon) tor.Progress {
	for p := range d.Progress(context.Background()) {
		return p
	}
	return tor.Progress{}
}
