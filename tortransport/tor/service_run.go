package tor

import (
	"context"
	"errors"
	"time"
)

const (
	// unknownService is tor's answer to DEL_ONION for a service that it does not
	// have (control-spec section 3.28).
	unknownService = 552
	// leftover is for how long after a control connection was lost tor, or
	// something in front of it, may still keep the services of the old one. A
	// collision in that time is most likely one with ourselves.
	leftover = time.Minute
	// barrenTime is for how long a service may be without an introduction point,
	// on a network that is there, before it is added anew. Tor replaces them at
	// once; but when it has failed a few times, which does not take it long
	// without a network, it waits for up to five minutes.
	barrenTime = 15 * time.Second
)

// run has tor offer the service for as long as that is wanted. It is the only one
// who adds it or takes it away.
func (s *Service) run() {
	defer close(s.finished)
	defer s.cancel(nil)
	s.end(s.keep())
	s.daemon.mu.Lock()
	defer s.daemon.mu.Unlock()
	delete(s.daemon.services, s.addr)
}

// keep gives the service to one session after the other, until it is closed, the
// daemon ends, or tor refuses what it has never taken. It returns which.
func (s *Service) keep() error {
	tries, taken := newRetry(), false
	if st, _ := s.daemon.status.get(); st.State == Reconnecting {
		s.update(func(c *condition) { c.lost(st.Err, taken) })
	}
	for {
		session, err := s.daemon.await(s.ctx)
		if err != nil {
			return err
		}
		if s.ctx.Err() != nil {
			return ErrClosed
		}
		switch err = s.add(session); {
		case err == nil:
			taken = true
			tries.reset()
			if s.hold(session) {
				return ErrClosed
			}
		case errors.Is(err, ErrControl):
			// The service, if tor has taken it, goes with the connection.
			s.outlive(session, taken)
		case !taken && !(errors.Is(err, ErrCollision) && s.daemon.lostLately(session)):
			return err
		default:
			s.daemon.log.Warn("tor does not take an onion service back", "service", s.addr.Short(), "error", err)
			s.update(func(c *condition) { c.lost(err, taken) })
			tries.failed()
			s.pause(session, tries.next())
		}
	}
}

// outlive waits for the end of a session and tells it.
func (s *Service) outlive(session *session, taken bool) {
	<-session.lost
	if !errors.Is(session.err, ErrClosed) { // else it is gone in a moment
		s.update(func(c *condition) { c.lost(session.err, taken) })
	}
}

// pause waits before the next try, or until something changes.
func (s *Service) pause(session *session, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.changed:
	case <-session.lost:
	case <-s.ctx.Done():
	}
}

// add asks tor for the service once.
func (s *Service) add(session *session) error {
	cfg, revision := s.wanted()
	s.update(func(c *condition) { c.begin() })
	s.evictBefore(session)
	missing, err := addOnion(context.Background(), session.control, cfg, session.version, s.daemon.lacks)
	if err == nil {
		err = s.applyEviction(session, revision)
	}
	if errors.Is(err, ErrControl) {
		return err
	}
	if err == nil {
		s.mu.Lock()
		s.inForce = cfg
		s.mu.Unlock()
		s.update(func(c *condition) {
			c.taken(missing, session.descriptorEvents)
			st, _ := s.daemon.status.get()
			c.network = st.Network
		})
	}
	s.applied.update(func(o *outcome) { *o = outcome{revision, err} })
	return err
}

// hold waits while tor offers the service as it is. It returns when tor no longer
// does, and reports whether that is because the service was closed.
func (s *Service) hold(session *session) (closed bool) {
	barren := time.NewTimer(barrenTime)
	barren.Stop()
	defer barren.Stop()
	waiting := false
	for {
		select {
		case <-session.lost:
			s.outlive(session, true)
			return false
		case <-s.ctx.Done():
			s.end(ErrClosed)
			s.closeErr = s.remove(session)
			return true
		case <-s.changed:
			if s.withdraw(session) {
				return false
			}
		case <-s.look:
			if now := s.barren(); now != waiting {
				if waiting = now; now {
					barren.Reset(barrenTime)
				} else {
					barren.Stop()
				}
			}
		case <-barren.C:
			s.daemon.log.Info("tor has no introduction points for an onion service; adding it anew", "service", s.addr.Short())
			if s.remove(session) == nil {
				return false
			}
		}
	}
}

// withdraw takes the service away from tor if its configuration has changed, and
// reports whether it did.
func (s *Service) withdraw(session *session) bool {
	_, revision := s.wanted()
	if o, _ := s.applied.get(); o.revision == revision {
		return false
	}
	err := s.remove(session)
	if err != nil { // it is still there as it was
		s.takeBack(revision)
		s.applied.update(func(o *outcome) { *o = outcome{revision, err} })
	}
	return err == nil
}

// takeBack makes a revision that did not come into force ask for what is in force,
// unless there is a newer one.
func (s *Service) takeBack(revision int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revision == revision {
		s.cfg, s.evict = s.inForce, keepCircuits
	}
}

// barren reports whether tor could have introduction points for the service, and
// has none.
func (s *Service) barren() (barren bool) {
	s.status.mu.Lock()
	defer s.status.mu.Unlock()
	return s.condition.barren() && s.condition.network == nil
}

// remove takes the service away from tor.
func (s *Service) remove(session *session) error {
	_, err := session.control.request(context.Background(), "DEL_ONION "+s.addr.ServiceID())
	var refused *RefusedError
	if errors.Is(err, ErrControl) || errors.As(err, &refused) && refused.Code == unknownService {
		return nil // gone with the connection, or by another hand
	}
	return err
}

// end makes the service one that is gone, for the first reason that is given.
func (s *Service) end(err error) {
	s.endOnce.Do(func() {
		s.update(func(c *condition) { c.gone = err })
		close(s.ended)
	})
}

// update changes the condition of the service and tells its status.
func (s *Service) update(change func(*condition)) {
	s.status.update(func(st *ServiceStatus) {
		change(&s.condition)
		*st = s.condition.status()
	})
}
