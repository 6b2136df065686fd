package tor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/onionwire/onionwire/tortransport/onion"
)

var (
	// ErrCollision means that the daemon has an onion service with this key
	// already.
	ErrCollision = errors.New("onion service exists already")
	// ErrReadinessUnknown means that the control port hides what becomes of
	// descriptors, so that nobody can tell whether a service is reachable.
	ErrReadinessUnknown = errors.New("the control port does not tell whether the onion service is reachable")
)

// Service is an onion service at a daemon, through all the tors that this has in
// its life. All methods may be called concurrently.
type Service struct {
	daemon *Daemon
	addr   onion.Address

	status    watched[ServiceStatus]
	condition condition // guarded by the lock of status

	mu       sync.Mutex
	cfg      ServiceConfig
	revision int           // of cfg
	inForce  ServiceConfig // what tor has taken last
	evict    eviction      // when cfg is given to tor
	changed  chan struct{} // has a token if cfg has changed
	look     chan struct{} // has a token if the introduction points may have
	// applied is what became of the latest revision that tor was asked for.
	applied watched[outcome]

	ctx      context.Context // ends when Close begins, for ErrClosed
	cancel   context.CancelCauseFunc
	endOnce  sync.Once
	ended    chan struct{} // closed when the phase is Gone
	finished chan struct{} // closed when tor has nothing to do with it any more
	closeErr error         // set before finished is closed
}

// outcome is what became of a revision of a service's configuration.
type outcome struct {
	revision int
	err      error
}

// Publish adds an onion service to the daemon and does not wait for it: see
// [Service.Ready]. It fails at once only if the daemon has ended, or has the
// service already (ErrCollision). If tor refuses the service, that is gone: see
// [Service.Status]. Once tor has taken it the service stays, until it is closed or
// the daemon ends, and is given to each tor that the daemon finds or starts later.
func (d *Daemon) Publish(cfg ServiceConfig) (*Service, error) {
	cfg, err := cfg.prepare()
	if err != nil {
		return nil, err
	}
	s := &Service{
		daemon:   d,
		addr:     cfg.Key.Address(),
		cfg:      cfg,
		changed:  make(chan struct{}, 1),
		look:     make(chan struct{}, 1),
		ended:    make(chan struct{}),
		finished: make(chan struct{}),
	}
	if cfg.Restricted {
		s.evict = evictIfPossible
	}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.services == nil {
		return nil, d.err
	}
	if d.services[s.addr] != nil {
		return nil, fmt.Errorf("%w: %s", ErrCollision, s.addr.Short())
	}
	d.services[s.addr] = s
	go s.run() // Close waits for it, and so does the daemon's
	return s, nil
}

// Address is the address of the service.
func (s *Service) Address() onion.Address { return s.addr }

// Status yields how the service is doing, now and after every change, until it
// is gone or ctx is done. A slow reader skips states.
func (s *Service) Status(ctx context.Context) iter.Seq[ServiceStatus] {
	return s.status.follow(ctx, s.ended, func(st ServiceStatus) bool { return st.Phase == Gone })
}

// Ready waits until the service is reachable, or returns at once if it is: see
// [Reachable] for what that says. It returns why the service is gone, an error
// that matches ErrReadinessUnknown if that cannot be told, or the context's error
// with the phase that the service is in and the reason for it.
func (s *Service) Ready(ctx context.Context) error {
	var last ServiceStatus
	for st := range s.Status(ctx) {
		last = st
		if st.Phase == Reachable {
			return nil
		}
		if errors.Is(st.Err, ErrReadinessUnknown) {
			return st.Err
		}
	}
	if last.Phase == Gone {
		return last.Err
	}
	if last.Err != nil {
		return fmt.Errorf("onion service is %s (%w): %w", last.Phase, last.Err, ctx.Err())
	}
	return fmt.Errorf("onion service is %s: %w", last.Phase, ctx.Err())
}

// Close takes the service away from the daemon; after it the key can be
// published again. It does not end connections that are open: their target
// does.
func (s *Service) Close() error {
	s.cancel(ErrClosed)
	<-s.finished
	return s.closeErr
}

// reconfigure changes what tor is asked for. Tor has no command for that: the
// service is taken away and added again, and until it is, it is down. A change
// that tor refuses, for which the refusal is returned, or that ctx does not wait
// for, is tried again until it is in force or the service is closed.
func (s *Service) reconfigure(ctx context.Context, change func(*ServiceConfig)) error {
	s.mu.Lock()
	change(&s.cfg)
	s.revision++
	revision := s.revision
	s.mu.Unlock()
	nudge(s.changed)
	for o := range s.applied.follow(ctx, s.ended, func(o outcome) bool { return o.revision >= revision }) {
		if o.revision >= revision {
			return o.err
		}
	}
	if st, _ := s.status.get(); st.Phase == Gone {
		return st.Err
	}
	return fmt.Errorf("changing the onion service: %w", ctx.Err())
}

// wanted is what tor shall be asked for.
func (s *Service) wanted() (ServiceConfig, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg, s.revision
}

// nudge puts a token into a channel with room for one, unless it is there already.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
