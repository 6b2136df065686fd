package tor

import (
	"errors"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// ErrNetwork means that tor runs, and that its network has gone: no circuit gets
// beyond this machine.
var ErrNetwork = errors.New("tor has lost its network")

// errNoIntroduction is why a service that has been reachable is not.
var errNoIntroduction = errors.New("no introduction point is connected to the onion service")

const (
	// awayFailures is how many circuits in a row must have failed before their
	// first hop, and awayTime over how long a time, for the network to be away.
	// With a network that is merely lost now and then one of many succeeds.
	awayFailures = 3
	awayTime     = 5 * time.Second
)

// circuitEvent is a change of one circuit.
type circuitEvent struct {
	id     string
	status string // LAUNCHED, EXTENDED, BUILT, FAILED, CLOSED, …
	// service is the onion service of ours that the circuit introduces clients to,
	// if it does.
	service onion.Address
}

// parseCircuitEvent reads a CIRC event without its first word (control-spec section
// 4.1.1): number, status, the path if there is one, then pairs.
func parseCircuitEvent(s string) (circuitEvent, bool) {
	words, pairs, err := keywords(s)
	if err != nil || len(words) < 2 {
		return circuitEvent{}, false
	}
	id, plausible := name(words[0])
	e := circuitEvent{id: id, status: words[1]}
	if pairs["PURPOSE"] == "HS_SERVICE_INTRO" {
		// While a circuit is launched there is no address yet.
		e.service, _ = onion.Parse(pairs["REND_QUERY"])
	}
	return e, plausible
}

// outage finds out whether tor's network is away. Tor has events of its own for
// that, NETWORK_LIVENESS and the CIRCUIT_NOT_ESTABLISHED of STATUS_CLIENT, and did
// not send them while its relays were gone for minutes; its circuits tell. A tor
// without anything to do builds none, and nobody knows then.
type outage struct {
	failures int
	since    time.Time // of the first of them
	away     bool
}

// note takes an event in and reports whether the network has gone, or come back.
func (o *outage) note(e circuitEvent, now time.Time) (changed bool) {
	switch e.status {
	case "EXTENDED", "BUILT":
		changed = o.away
		*o = outage{}
	case "FAILED":
		if o.failures == 0 {
			o.since = now
		}
		o.failures++
		if !o.away && o.failures >= awayFailures && now.Sub(o.since) >= awayTime {
			o.away, changed = true, true
		}
	}
	return changed
}

// maxCircuits bounds how many circuits to introduction points are remembered, those
// of all services together.
const maxCircuits = 4096

// circuits is what is known of the circuits of one tor. Only the reader of the
// control connection uses it.
type circuits struct {
	outage        outage
	introductions map[string]onion.Address // open ones, by number
}

// onCircuit takes in a change of a circuit. It is called by the reader of the
// control connection and does not block.
func (d *Daemon) onCircuit(c *circuits, e circuitEvent) {
	if c.outage.note(e, time.Now()) {
		d.setNetwork(c.outage.away)
	}
	if e.status == "BUILT" {
		d.onSuccess()
	}
	addr, known := c.introductions[e.id]
	switch {
	case e.status == "BUILT" && !e.service.IsZero():
		if !known && len(c.introductions) < maxCircuits {
			c.introductions[e.id] = e.service
		}
		if s := d.service(e.service); s != nil {
			s.onIntroduction(e.id, true)
		}
	case known && (e.status == "CLOSED" || e.status == "FAILED" || e.service.IsZero()):
		// Tor takes those that it does not need for something else.
		delete(c.introductions, e.id)
		if s := d.service(addr); s != nil {
			s.onIntroduction(e.id, false)
		}
	}
}

func (d *Daemon) setNetwork(away bool) {
	var err error
	if away {
		err = ErrNetwork
		d.log.Warn("no circuit gets through: tor's network is away")
	} else {
		d.log.Info("tor's network is back")
	}
	d.status.update(func(st *DaemonStatus) { st.Network = err })
	d.mu.Lock()
	services := make([]*Service, 0, len(d.services))
	for _, s := range d.services {
		services = append(services, s)
	}
	d.mu.Unlock()
	for _, s := range services {
		s.onNetwork(err)
	}
}

// service returns the service with an address, nil if there is none.
func (d *Daemon) service(addr onion.Address) *Service {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.services[addr]
}
