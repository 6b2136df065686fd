package tor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"strings"
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

// ServiceConfig describes an onion service.
type ServiceConfig struct {
	// Key is the service's key; its address follows from it.
	Key onion.Key
	// Port is the virtual port that clients connect to.
	Port uint16
	// Target is where connections arrive: see [Daemon.ListenTarget].
	Target net.Addr
}

// Phase is the state of an onion service.
type Phase int

const (
	// Starting: tor has not taken the service yet, or is building its
	// introduction points.
	Starting Phase = iota
	// Uploading: descriptors are under way to the directories, and none has
	// arrived.
	Uploading
	// Reachable: at least one directory has the descriptor.
	Reachable
	// Gone: the service was closed or the daemon ended.
	Gone
)

func (p Phase) String() string {
	return [...]string{"starting", "uploading", "reachable", "gone"}[p]
}

// ServiceStatus is how an onion service is doing.
type ServiceStatus struct {
	Phase Phase
	// Uploads and Uploaded count descriptors: sent to a directory, and taken
	// by one.
	Uploads, Uploaded int
	// Err is why the last upload failed, or why the service is gone.
	Err error
}

// Service is an onion service at a daemon. All methods may be called
// concurrently.
type Service struct {
	daemon *Daemon
	cfg    ServiceConfig
	addr   onion.Address
	status watched[ServiceStatus]

	endOnce sync.Once
	ended   chan struct{} // closed when the phase is Gone
	cancel  context.CancelFunc
	adding  sync.WaitGroup
}

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
	if cfg.Key.IsZero() || cfg.Port == 0 || cfg.Target == nil {
		return nil, errors.New("an onion service needs a key, a port and a target")
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{daemon: d, cfg: cfg, addr: cfg.Key.Address(), ended: make(chan struct{}), cancel: cancel}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.services == nil {
		cancel()
		return nil, d.err
	}
	if d.services[s.addr] != nil {
		cancel()
		return nil, fmt.Errorf("%w: %s", ErrCollision, s.addr.Short())
	}
	d.services[s.addr] = s
	s.adding.Go(func() { s.add(ctx) })
	return s, nil
}

// Address is the address of the service.
func (s *Service) Address() onion.Address { return s.addr }

// Status yields how the service is doing, now and after every change, until it
// is gone or ctx is done. A slow reader skips states.
func (s *Service) Status(ctx context.Context) iter.Seq[ServiceStatus] {
	return s.status.follow(ctx, s.ended, func(st ServiceStatus) bool { return st.Phase == Gone })
}

// Ready waits until the service can be reached: a directory has taken its
// descriptor. It returns why the service is gone, an error that matches
// ErrReadinessUnknown if that cannot be told, or the context's error with the
// phase that was reached.
func (s *Service) Ready(ctx context.Context) error {
	var last ServiceStatus
	for st := range s.Status(ctx) {
		last = st
		if st.Phase == Reachable {
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

// Close takes the service away from the daemon. It does not end connections
// that are open: their target does.
func (s *Service) Close() error {
	d := s.daemon
	s.cancel()
	s.adding.Wait()
	d.mu.Lock()
	mine := d.services[s.addr] == s
	if mine {
		delete(d.services, s.addr)
	}
	d.mu.Unlock()
	if !mine {
		return nil // closed before, or gone with the daemon
	}
	s.end(ErrClosed)
	_, err := d.control.request(context.Background(), "DEL_ONION "+s.addr.ServiceID())
	if errors.Is(err, ErrControl) || errors.Is(err, ErrRefused) {
		err = nil // gone with the connection, or never taken
	}
	return err
}

func (s *Service) add(ctx context.Context) {
	// DiscardPK: the key need not travel back.
	_, err := s.daemon.control.request(ctx, fmt.Sprintf("ADD_ONION %s Flags=DiscardPK Port=%d,%s",
		s.cfg.Key.ControlString(), s.cfg.Port, target(s.cfg.Target)))
	switch {
	case errors.Is(err, ErrControl), errors.Is(err, context.Canceled):
		// The daemon's watcher, or Close, ends the service.
	case err != nil:
		var refused *RefusedError
		if errors.As(err, &refused) && strings.Contains(strings.ToLower(refused.Text), "collision") {
			err = fmt.Errorf("%w: %w", ErrCollision, err)
		}
		s.forget()
		s.end(err)
	case !s.daemon.descriptorEvents:
		s.status.update(func(st *ServiceStatus) { st.Phase = Uploading })
	}
}

func (s *Service) forget() {
	s.daemon.mu.Lock()
	defer s.daemon.mu.Unlock()
	delete(s.daemon.services, s.addr)
}

func (s *Service) end(err error) {
	s.endOnce.Do(func() {
		s.cancel()
		s.status.update(func(st *ServiceStatus) { st.Phase, st.Err = Gone, err })
		close(s.ended)
	})
}

func (s *Service) onDescriptor(e descriptorEvent) {
	s.status.update(func(st *ServiceStatus) {
		if st.Phase == Gone {
			return
		}
		switch e.action {
		case "UPLOAD":
			st.Uploads++
			st.Phase = max(st.Phase, Uploading)
		case "UPLOADED":
			st.Uploaded++
			st.Phase, st.Err = Reachable, nil
		case "FAILED":
			if st.Phase != Reachable {
				st.Err = fmt.Errorf("a directory did not take the descriptor: %s", e.reason)
			}
		}
	})
}

// target is a listener's address as ADD_ONION takes it.
func target(a net.Addr) string {
	return Addr{a.Network(), a.String()}.String()
}

// descriptorEvent is what became of one descriptor at one directory.
type descriptorEvent struct {
	action  string // UPLOAD, UPLOADED, FAILED, …
	address onion.Address
	reason  string
}

// parseDescriptorEvent reads an HS_DESC event without its first word
// (control-spec section 4.1.25): action, address, authentication, directory,
// then pairs.
func parseDescriptorEvent(s string) (descriptorEvent, bool) {
	words, pairs, err := keywords(s)
	if err != nil || len(words) < 2 {
		return descriptorEvent{}, false
	}
	addr, err := onion.Parse(words[1])
	if err != nil {
		return descriptorEvent{}, false
	}
	return descriptorEvent{action: words[0], address: addr, reason: pairs["REASON"]}, true
}
