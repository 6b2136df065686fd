package tor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	// heartbeatInterval is how long tor may be silent before it is asked for a
	// sign of life. With requestTimeout it bounds how long a tor that hangs goes
	// unnoticed.
	heartbeatInterval = 20 * time.Second
	// heartbeat is a command that costs tor nothing and changes nothing. Any
	// answer is a sign of life, a filter's refusal too.
	heartbeat = "GETINFO uptime"
)

// errRestarted ends a session with something in front of tor that has outlived it.
var errRestarted = errors.New("tor was restarted behind its control port")

// session is one control connection and, for a managed daemon, one child: what a
// Daemon loses and gets anew. All fields but err are set before others see it.
type session struct {
	control *controlConn
	child   *proc.Process // nil for an attached daemon
	version Version
	socks   Addr
	// descriptorEvents is false if the control port does not let us subscribe to
	// the fate of descriptors.
	descriptorEvents bool

	began time.Time
	heart sync.WaitGroup
	lost  chan struct{} // closed when it is over
	err   error         // why; set before lost is closed
}

// greet takes charge of a connection to the control port, authenticates and
// subscribes to events. Events are subscribed to before anything is asked, so
// that nothing happens unseen between the two.
func (d *Daemon) greet(ctx context.Context, conn net.Conn, cred credentials, child *proc.Process) (*session, error) {
	s := &session{
		control: newControlConn(conn, d.onEvent()),
		child:   child,
		began:   time.Now(),
		lost:    make(chan struct{}),
	}
	err := func() (err error) {
		if s.version, err = s.control.authenticate(ctx, cred); err != nil {
			return err
		}
		if err := s.version.check(); err != nil {
			return err
		}
		if err := d.subscribe(ctx, s); err != nil {
			return err
		}
		if err := d.askProgress(ctx, s.control); err != nil {
			return err
		}
		return d.wake(ctx, s.control)
	}()
	if err != nil {
		s.control.close()
		return nil, err
	}
	s.heart.Go(func() { s.beat(d.ctx, d.heartbeat) })
	return s, nil
}

// subscriptions are the events that are asked for, best first, and what is missed
// without the last of them: a filtering control port may not let all through.
var subscriptions = []struct {
	events, missed string
}{
	{"STATUS_CLIENT HS_DESC CIRC", "whether tor has lost its network"},
	{"STATUS_CLIENT HS_DESC", "whether an onion service is reachable"},
	{"STATUS_CLIENT", "how far tor has connected to its network"},
}

// subscribe asks for what a filtering control port lets through.
func (d *Daemon) subscribe(ctx context.Context, s *session) error {
	for _, sub := range subscriptions {
		_, err := s.control.request(ctx, "SETEVENTS "+sub.events)
		if err == nil {
			s.descriptorEvents = strings.Contains(sub.events, "HS_DESC")
			return nil
		}
		if !errors.Is(err, ErrRefused) {
			return fmt.Errorf("subscribing to events: %w", err)
		}
		d.log.Warn("the control port hides events, so that it cannot be told", "what", sub.missed, "reason", err)
	}
	return nil
}

// wake ends the sleep that tor may be in if it is not connected to its network:
// after a day without anything to do it makes no circuits, over restarts too, until
// somebody connects through it (tor manual, DormantClientTimeout). A filter's refusal
// is no harm: few tors sleep.
func (d *Daemon) wake(ctx context.Context, c *controlConn) error {
	if st, _ := d.status.get(); st.Progress.Done() {
		return nil
	}
	_, err := c.request(ctx, "SIGNAL ACTIVE")
	if errors.Is(err, ErrRefused) {
		d.log.Debug("the control port does not let tor be woken", "reason", err)
		return nil
	}
	return err
}

// beat asks for signs of life until the control connection ends. One that does
// not come within requestTimeout, from when it was asked for, is what ends it, and so
// does a tor that has run for less time than before: a filter may have connected to
// it again without a word, and our services have gone with the tor before.
func (s *session) beat(ctx context.Context, every time.Duration) {
	before := 0
	t := time.NewTimer(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-s.control.closed:
			return
		}
		if r, err := s.control.request(ctx, heartbeat); err == nil {
			if now, ok := uptime(r); ok && now < before {
				s.control.fail(errRestarted)
			} else if ok {
				before = now
			}
		}
		t.Reset(every)
	}
}

// uptime reads for how many seconds tor has run (control-spec section 3.9). A clock
// that is set makes no difference to it. A relay begins anew when its address changes,
// in which case the services are published once more than needed.
func uptime(r reply) (int, bool) {
	text, ok := strings.CutPrefix(r[0], "uptime=")
	seconds, err := strconv.Atoi(text)
	return seconds, ok && err == nil && seconds >= 0
}

// wait waits until the session is over by itself, which it returns the reason of,
// or stop is closed: then the reason is ErrClosed.
func (s *session) wait(stop <-chan struct{}) error {
	var exited <-chan struct{}
	if s.child != nil {
		exited = s.child.Done()
	}
	select {
	case <-stop:
		return ErrClosed
	case <-exited:
		return fmt.Errorf("%w: %w", ErrExited, s.child.Err())
	case <-s.control.closed:
		return whyExited(s.child, s.control.err)
	}
}

// end closes the control connection, which takes our services with it (none is
// detached), and sees to it that nothing is left of the child.
func (s *session) end() {
	s.control.close()
	s.heart.Wait()
	if s.child != nil {
		s.child.Stop(stopGrace)
	}
}

// onEvent returns what the reader of a control connection calls, one event after
// the other. It does not block.
func (d *Daemon) onEvent() func(line string) {
	known := circuits{introductions: make(map[string]onion.Address)}
	return func(line string) {
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "STATUS_CLIENT":
			if p, ok := parseBootstrap(rest); ok {
				d.log.Debug("bootstrap", "percent", p.Percent, "summary", p.Summary)
				d.setProgress(p)
			}
		case "HS_DESC":
			if e, ok := parseDescriptorEvent(rest); ok {
				d.fetches.note(e)
				if s := d.service(e.address); s != nil {
					s.onDescriptor(e)
				}
			}
		case "CIRC":
			if e, ok := parseCircuitEvent(rest); ok {
				d.onCircuit(&known, e)
			}
		}
	}
}
