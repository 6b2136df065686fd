package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	namespace = "onionwire"
	// scrapeTimeout bounds what a node takes to say how it is doing.
	scrapeTimeout = 5 * time.Second
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

// What is asked for when somebody wants to know it.
var (
	upDesc         = desc("up", "Whether the node answers.")
	reachableDesc  = desc("reachable", "Whether contacts can reach the node.")
	bootstrapDesc  = desc("tor_bootstrap_ratio", "How far Tor has come, from 0 to 1.")
	torDesc        = desc("tor_state", "The state of the Tor daemon: 1 for the one that it has.", "state")
	serviceDesc    = desc("service_phase", "The phase of the onion service: 1 for the one that it is in.", "phase")
	uploadsDesc    = desc("descriptor_uploads", "Descriptors of the onion service that were sent to directories.")
	uploadedDesc   = desc("descriptor_uploads_taken", "Descriptors of the onion service that a directory has taken.")
	connectedDesc  = desc("contacts_connected", "Contacts that are connected.")
	contactsDesc   = desc("contacts", "Contacts, by state.", "state")
	queuedDesc     = desc("messages_queued", "Messages that wait to be delivered.")
	unreadDesc     = desc("messages_unread", "Messages that were not read, in conversations that are not muted.")
	startedDesc    = desc("start_time_seconds", "When the node was started, in seconds since 1970.")
	eventsDesc     = desc("events_total", "What has happened since figures are told, by kind.", "kind")
	deliveriesDesc = desc("deliveries_total", "Messages of ours that have come to a state since figures are told.", "state")
	filesDesc      = desc("files_total", "Files that have come to a state since figures are told.", "state")
)

// collector tells Prometheus about a node: numbers, and words of which there are few. It
// has no name, no address and nothing that was written.
type collector struct {
	api rpc.API

	mu         sync.Mutex
	events     map[rpc.EventKind]int
	deliveries map[rpc.DeliveryState]int
	files      map[rpc.FileState]int
}

// newCollector returns a collector that has counted nothing.
func newCollector(api rpc.API) *collector {
	c := &collector{
		api: api, events: make(map[rpc.EventKind]int),
		deliveries: make(map[rpc.DeliveryState]int), files: make(map[rpc.FileState]int),
	}
	// A series begins at 0, so that its first increase is seen as one.
	for k := ledger.RequestReceived; rpc.EventKindName(k) != ""; k++ {
		c.events[rpc.EventKindName(k)] = 0
	}
	for s := ledger.Queued; rpc.DeliveryStateName(s) != ""; s++ {
		c.deliveries[rpc.DeliveryStateName(s)] = 0
	}
	for s := ledger.Offered; rpc.FileStateName(s) != ""; s++ {
		c.files[rpc.FileStateName(s)] = 0
	}
	return c
}

// count counts what happens until ctx ends.
func (c *collector) count(ctx context.Context) error {
	for ctx.Err() == nil {
		s, err := c.api.Status(ctx)
		if err != nil {
			return err
		}
		for e, err := range c.api.Events(ctx, s.Cursor) {
			if err != nil {
				break // it has lagged behind for very long; what is gone is not counted
			}
			c.add(e)
		}
	}
	return ctx.Err()
}

// add counts an event. Signals are not kept by the node and come as they like.
func (c *collector) add(e rpc.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, kept := c.events[e.Kind]; !kept {
		return
	}
	c.events[e.Kind]++
	if e.Delivery != "" {
		c.deliveries[e.Delivery]++
	}
	if e.FileState != "" {
		c.files[e.FileState]++
	}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		upDesc, reachableDesc, bootstrapDesc, torDesc, serviceDesc, uploadsDesc, uploadedDesc, connectedDesc, contactsDesc,
		queuedDesc, unreadDesc, startedDesc, eventsDesc, deliveriesDesc, filesDesc,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	up := 0.0
	if s, err := c.api.Status(ctx); err == nil {
		up = 1
		gauge(reachableDesc, number(s.Reachable))
		gauge(bootstrapDesc, float64(s.Bootstrap)/100)
		if s.Tor != "" {
			gauge(torDesc, 1, s.Tor)
		}
		if s.Service != "" {
			gauge(serviceDesc, 1, s.Service)
		}
		gauge(uploadsDesc, float64(s.Uploads))
		gauge(uploadedDesc, float64(s.Uploaded))
		gauge(connectedDesc, float64(s.Connected))
		gauge(queuedDesc, float64(s.Waiting))
		gauge(unreadDesc, float64(s.Unread))
		gauge(startedDesc, float64(s.Started.UnixMilli())/1000)
	}
	if contacts, err := c.api.Contacts(ctx); err == nil {
		for state, n := range byState(contacts) {
			gauge(contactsDesc, float64(n), string(state))
		}
	}
	gauge(upDesc, up)
	c.mu.Lock()
	defer c.mu.Unlock()
	tell(ch, eventsDesc, c.events)
	tell(ch, deliveriesDesc, c.deliveries)
	tell(ch, filesDesc, c.files)
}

// tell tells counters.
func tell[K ~string](ch chan<- prometheus.Metric, d *prometheus.Desc, counts map[K]int) {
	for label, n := range counts {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), string(label))
	}
}

// byState counts contacts, in all states that there are.
func byState(contacts []rpc.Contact) map[rpc.ContactState]int {
	counts := make(map[rpc.ContactState]int)
	for s := ledger.Requested; rpc.ContactStateName(s) != ""; s++ {
		counts[rpc.ContactStateName(s)] = 0
	}
	for _, c := range contacts {
		counts[c.State]++
	}
	return counts
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
