package tortransport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/onionwire/onionwire/tortransport/tor"
)

const metricsNamespace = "onionwire_tor"

// WithMetrics registers Prometheus collectors with reg, under names that begin
// with onionwire_tor. No label of theirs has an address or a peer ID.
//
// Transports with the same registry share the collectors: counters and gauges
// are sums over them. To tell transports apart, give each a registerer of its own
// by prometheus.WrapRegistererWith. The gauges have a transport from its first dial
// or listener until it is closed; the counters keep what it has counted.
func WithMetrics(reg prometheus.Registerer) Option {
	return func(t *Transport) error {
		if reg == nil {
			return errors.New("option WithMetrics: no registerer")
		}
		m, err := registerMetrics(reg)
		if err != nil {
			return fmt.Errorf("option WithMetrics: %w", err)
		}
		t.metrics = m
		return nil
	}
}

// metrics are the collectors of one registry, which all of its transports share.
// The methods by which a transport reports do nothing on a nil metrics. All may
// be called concurrently.
type metrics struct {
	dials     *prometheus.CounterVec   // outcome, cached
	phases    *prometheus.HistogramVec // phase, outcome
	fallbacks prometheus.Counter
	inbounds  *prometheus.CounterVec // outcome

	mu   sync.Mutex
	live live
}

// phaseBuckets are seconds, from a circuit that is there already to the two
// minutes after which Tor itself gives up.
var phaseBuckets = []float64{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120}

func registerMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		dials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: metricsNamespace,
			Name:      "dials_total",
			Help:      "Outbound dials that have ended, by outcome. The cached ones were answered with an earlier failure, without asking Tor.",
		}, []string{"outcome", "cached"}),
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: metricsNamespace,
			Name:      "dial_phase_duration_seconds",
			Help:      "How long each phase of an outbound dial took, by whether the dial got beyond it.",
			Buckets:   phaseBuckets,
		}, []string{"phase", "outcome"}),
		fallbacks: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: metricsNamespace,
			Name:      "early_negotiation_fallbacks_total",
			Help:      "Dials made again without early negotiation, because the peer did not take it.",
		}),
		inbounds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: metricsNamespace,
			Name:      "inbound_connections_total",
			Help:      "Inbound connections whose negotiation has ended, by outcome.",
		}, []string{"outcome"}),
		live: newLive(),
	}
	err := reg.Register(m)
	if registered := (prometheus.AlreadyRegisteredError{}); errors.As(err, &registered) {
		if other, ok := registered.ExistingCollector.(*metrics); ok {
			return other, nil
		}
	}
	if err != nil {
		return nil, err
	}
	m.initialise()
	return m, nil
}

// initialise makes the series that are sure to be asked for, so that their first
// increase is seen as one.
func (m *metrics) initialise() {
	for _, o := range dialOutcomes {
		m.dials.WithLabelValues(o.name, strconv.FormatBool(false))
	}
	for _, o := range inboundOutcomes {
		m.inbounds.WithLabelValues(o.name)
	}
	for _, o := range []string{outcomeSuccess, outcomeWrongPeer, outcomeOther} {
		m.dials.WithLabelValues(o, strconv.FormatBool(false))
	}
	for _, o := range []string{outcomeAccepted, outcomeOther} {
		m.inbounds.WithLabelValues(o)
	}
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.events() {
		c.Describe(ch)
	}
	for _, d := range liveDescs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.events() {
		c.Collect(ch)
	}
	m.collectLive(ch)
}

// events are the collectors that count as things happen. The others are read at
// the time of a scrape.
func (m *metrics) events() []prometheus.Collector {
	return []prometheus.Collector{m.dials, m.phases, m.fallbacks, m.inbounds}
}

// outcome is a value of a label and the error that it stands for.
type outcome struct {
	name string
	err  error
}

const (
	outcomeSuccess   = "success"
	outcomeFailed    = "failed"
	outcomeAccepted  = "accepted"
	outcomeTimeout   = "timeout"
	outcomeWrongPeer = "wrong_peer"
	outcomeOther     = "other"
)

// dialOutcomes has the more specific error first: tor's errors come with the end
// of the context that waited for them.
var dialOutcomes = []outcome{
	{"not_found", ErrNotFound},
	{"auth_missing", ErrAuthMissing},
	{"auth_bad", ErrAuthBad},
	{"introduction", ErrIntroduction},
	{"rendezvous", ErrRendezvous},
	{"refused", ErrRefused},
	{"unreachable", ErrUnreachable},
	{"not_ready", ErrNotReady},
	{"daemon_lost", tor.ErrClosed},
	{"daemon_lost", tor.ErrExited},
	{"daemon_lost", tor.ErrControl},
	{"resource_limit", network.ErrResourceLimitExceeded},
	{outcomeTimeout, ErrTimeout},
	{outcomeTimeout, context.DeadlineExceeded},
	{"canceled", context.Canceled},
}

var inboundOutcomes = []outcome{
	{"crowded", errCrowded},
	{"listener_closed", transport.ErrListenerClosed},
	{"listener_closed", net.ErrClosed},
	{"resource_limit", network.ErrResourceLimitExceeded},
	{outcomeTimeout, context.DeadlineExceeded},
}

// outcomeOf names an error by the first of the outcomes that it matches.
func outcomeOf(err error, outcomes []outcome) string {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			return o.name
		}
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		return outcomeTimeout
	}
	return outcomeOther
}

func dialOutcome(err error) string {
	if err == nil {
		return outcomeSuccess
	}
	if errors.As(err, new(sec.ErrPeerIDMismatch)) {
		return outcomeWrongPeer
	}
	return outcomeOf(err, dialOutcomes)
}

// dialCached counts a dial that was answered with an earlier failure.
func (m *metrics) dialCached(err error) {
	if m != nil {
		m.dials.WithLabelValues(dialOutcome(err), strconv.FormatBool(true)).Inc()
	}
}

// fallback counts a dial that is made again without early negotiation.
func (m *metrics) fallback() {
	if m != nil {
		m.fallbacks.Inc()
	}
}

// inbound counts an inbound connection: err is nil if it was handed to Accept,
// else why it was not.
func (m *metrics) inbound(err error) {
	if m == nil {
		return
	}
	if err == nil {
		m.inbounds.WithLabelValues(outcomeAccepted).Inc()
		return
	}
	m.inbounds.WithLabelValues(outcomeOf(err, inboundOutcomes)).Inc()
}
