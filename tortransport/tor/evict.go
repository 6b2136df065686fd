package tor

import (
	"context"
	"errors"
	"strings"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// eviction says what is done about the circuits that clients have to a service
// when tor is given a new list of those who may connect. Tor keeps the circuits,
// and what comes over them reaches the service again, whoever it is from: as soon
// as it is back under the same key.
type eviction int

const (
	keepCircuits eviction = iota
	// evictIfPossible is for a service that may have been here before, with other
	// clients.
	evictIfPossible
	// evictOrFail is for a service whose list has become shorter.
	evictOrFail
)

const (
	circuitStatus = "GETINFO circuit-status"
	streamStatus  = "GETINFO stream-status"
	// unknownCircuit is tor's answer to CLOSECIRCUIT for a circuit that is gone
	// (control-spec section 3.17).
	unknownCircuit = 552
)

// canEvict tells whether the control port lets circuits be seen. Without a
// session it says yes.
func (d *Daemon) canEvict(ctx context.Context) error {
	s, _ := d.current.get()
	if s == nil {
		return nil
	}
	_, err := s.control.request(ctx, circuitStatus)
	if errors.Is(err, ErrControl) {
		return nil
	}
	return err
}

// evict cuts off the clients that are connected to a service, or about to be.
func evict(ctx context.Context, conn *controlConn, addr onion.Address) error {
	r, err := conn.request(ctx, circuitStatus)
	if err != nil {
		return err
	}
	return closeCircuits(ctx, conn, rendezvousCircuits(r, addr))
}

// closeCircuits closes circuits by their numbers.
func closeCircuits(ctx context.Context, conn *controlConn, ids []string) error {
	for _, id := range ids {
		_, err := conn.request(ctx, "CLOSECIRCUIT "+id)
		var refused *RefusedError
		if err != nil && !(errors.As(err, &refused) && refused.Code == unknownCircuit) {
			return err
		}
	}
	return nil
}

// rendezvousCircuits reads the answer to GETINFO circuit-status, a line for each
// circuit as in the CIRC event (control-spec section 4.1.1), and returns the
// numbers of those on which a client is or will be connected to a service.
func rendezvousCircuits(r reply, addr onion.Address) (ids []string) {
	for _, text := range r {
		text = strings.TrimPrefix(text, "circuit-status=")
		for line := range strings.Lines(text) {
			words, pairs, err := keywords(strings.TrimSpace(line))
			if err != nil || len(words) < 2 || pairs["REND_QUERY"] != addr.ServiceID() {
				continue
			}
			if strings.HasPrefix(pairs["PURPOSE"], "HS_SERVICE_REND") {
				ids = append(ids, words[0])
			}
		}
	}
	return ids
}

// evictBefore evicts the clients of a service that tor does not have at the moment, so
// that they are cut off even if tor does not take it back. That may fail: nothing is
// reached over their circuits until the service is added, and applyEviction follows.
func (s *Service) evictBefore(session *session) {
	s.mu.Lock()
	how := s.evict
	s.mu.Unlock()
	if how != evictOrFail {
		return
	}
	if err := evict(context.Background(), session.control, s.addr); err != nil {
		s.daemon.log.Debug("circuits of an onion service could not be closed yet", "service", s.addr.Short(), "reason", err)
	}
}

// applyEviction evicts the clients of a service that has just been added, if a
// revision of its configuration calls for it: between evictBefore and now, circuits
// that were on their way may have been joined. If that fails the service is taken
// away again.
func (s *Service) applyEviction(session *session, revision int) error {
	s.mu.Lock()
	how := s.evict
	s.mu.Unlock()
	if how == keepCircuits {
		return nil
	}
	err := evict(context.Background(), session.control, s.addr)
	if how == evictIfPossible && errors.Is(err, ErrRefused) {
		s.daemon.log.Debug("the control port does not let old circuits of an onion service be closed",
			"service", s.addr.Short(), "reason", err)
		err = nil
	}
	if err != nil {
		return errors.Join(err, s.remove(session))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revision == revision {
		s.evict = keepCircuits
	}
	return nil
}
