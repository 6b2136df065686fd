package tor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
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

// Phase is the state of an onion service.
type Phase int

const (
	// Starting: tor has not taken the service yet, or is building its
	// introduction points.
	Starting Phase = iota
	// Uploading: descriptors are under way to the directories.
	Uploading
	// Published: a directory has taken every descriptor that there was to send,
	// so that clients find the service. It says nothing of later: the phase stays
	// while the daemon lives, whatever becomes of the next uploads (Tor makes
	// them every hour or two; see Err), of the introduction points or of the
	// daemon's connection to its network.
	Published
	// Gone: the service was closed or the daemon ended.
	Gone
)

func (p Phase) String() string {
	return [...]string{"starting", "uploading", "published", "gone"}[p]
}

// ServiceStatus is how an onion service is doing.
type ServiceStatus struct {
	Phase Phase
	// Uploads and Uploaded count descriptors: sent to a directory, and taken
	// by one.
	Uploads, Uploaded int
	// Err is why the service is gone, or why the last upload failed. Once the
	// service is published only a round of uploads of which every one has failed
	// counts: directories forget old descriptors after some hours, and clients
	// then no longer find the service. The next upload that succeeds makes Err nil
	// again.
	Err error
}

// Service is an onion service at a daemon. All methods may be called
// concurrently.
type Service struct {
	daemon *Daemon
	addr   onion.Address
	status watched[ServiceStatus]

	uploads uploads // guarded by the lock of status
	round   round   // guarded by the lock of status

	adding    sync.WaitGroup
	endOnce   sync.Once
	ended     chan struct{} // closed when the phase is Gone
	closeOnce sync.Once
	closeErr  error
}

// unknownService is tor's answer to DEL_ONION for a service that it does not
// have (control-spec section 3.28).
const unknownService = 552

// ListenTarget opens a listener for the connections that an onion service
// brings: a unix socket that only this user and a managed tor can open, or a
// loopback port for an attached tor, which runs as another user and may be
// confined.
func (d *Daemon) ListenTarget() (net.Listener, error) {
	if d.folder == nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	d.mu.Lock()
	d.targets++
	n := d.targets
	d.mu.Unlock()
	return d.folder.listen(n)
}

// Publish adds an onion service to the daemon and does not wait for it: see
// [Service.Ready]. It fails at once only if the daemon is no longer usable, or
// has the service already (ErrCollision).
func (d *Daemon) Publish(cfg ServiceConfig) (*Service, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Service{daemon: d, addr: cfg.Key.Address(), ended: make(chan struct{})}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.services == nil {
		return nil, d.err
	}
	if d.services[s.addr] != nil {
		return nil, fmt.Errorf("%w: %s", ErrCollision, s.addr.Short())
	}
	d.services[s.addr] = s
	s.adding.Go(func() { s.add(cfg) })
	return s, nil
}

// Address is the address of the service.
func (s *Service) Address() onion.Address { return s.addr }

// Status yields how the service is doing, now and after every change, until it
// is gone or ctx is done. A slow reader skips states.
func (s *Service) Status(ctx context.Context) iter.Seq[ServiceStatus] {
	return s.status.follow(ctx, s.ended, func(st ServiceStatus) bool { return st.Phase == Gone })
}

// Ready waits until the service is published, or returns at once if it has been:
// see [Published] for what that says. It returns why the service is gone, an error
// that matches ErrReadinessUnknown if that cannot be told, or the context's error
// with the phase that was reached.
func (s *Service) Ready(ctx context.Context) error {
	var last ServiceStatus
	for st := range s.Status(ctx) {
		last = st
		if st.Phase == Published {
			return nil
		}
		if st.Phase != Starting && !s.daemon.descriptorEvents {
			return ErrReadinessUnknown
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
	s.closeOnce.Do(func() { s.closeErr = s.remove() })
	return s.closeErr
}

// remove waits for the answer to ADD_ONION, so that it takes away what was
// added and never what somebody else has under the same key. The address is
// ours until tor has let go of it.
func (s *Service) remove() error {
	s.adding.Wait()
	select {
	case <-s.ended:
		return nil // tor did not take it, or it went with the daemon
	default:
	}
	s.end(ErrClosed)
	defer s.forget()
	_, err := s.daemon.control.request(context.Background(), "DEL_ONION "+s.addr.ServiceID())
	var refused *RefusedError
	if errors.Is(err, ErrControl) || errors.As(err, &refused) && refused.Code == unknownService {
		return nil // gone with the connection, or by another hand
	}
	return err
}

func (s *Service) add(cfg ServiceConfig) {
	_, err := addOnion(context.Background(), s.daemon.control, cfg, s.daemon.version)
	switch {
	case errors.Is(err, ErrControl):
		// The daemon's watcher ends the service.
	case err != nil:
		s.end(err)
		s.forget()
	case !s.daemon.descriptorEvents:
		s.status.update(func(st *ServiceStatus) { st.Phase = max(st.Phase, Uploading) })
	}
}

func (s *Service) forget() {
	s.daemon.mu.Lock()
	defer s.daemon.mu.Unlock()
	delete(s.daemon.services, s.addr)
}

func (s *Service) end(err error) {
	s.endOnce.Do(func() {
		s.status.update(func(st *ServiceStatus) { st.Phase, st.Err = Gone, err })
		close(s.ended)
	})
}
