package tor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// port plays a control port that comes and goes, inside a bubble.
type port struct {
	t     *testing.T
	begin time.Time

	mu       sync.Mutex
	script   answers // instead of willing, for what it does not leave empty
	away     error   // what dialling fails with
	links    []net.Conn
	dials    []time.Duration // when it was dialled
	commands []string
}

// silence is a script's way not to answer.
const silence = "silence"

func newPort(t *testing.T) *port {
	t.Helper()
	p := &port{t: t, begin: time.Now()}
	t.Cleanup(p.drop)
	return p
}

// willing answers as a tor that is connected to its network and takes every
// service.
func willing(command string) string {
	if strings.HasPrefix(command, "GETINFO status/bootstrap-phase") {
		return "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"\r\n250 OK\r\n"
	}
	return obliging(command)
}

func (p *port) dial(context.Context) (net.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dials = append(p.dials, time.Since(p.begin))
	if p.away != nil {
		return nil, p.away
	}
	link := serve(p.t, func(command string) string {
		p.mu.Lock()
		p.commands = append(p.commands, command)
		script := p.script
		p.mu.Unlock()
		answer := ""
		if script != nil {
			answer = script(command)
		}
		switch answer {
		case "":
			return willing(command)
		case silence:
			return ""
		default:
			return answer
		}
	})
	p.links = append(p.links, link)
	return link, nil
}

func (p *port) setAway(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = err
}

func (p *port) setScript(f answers) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = f
}

// dialled returns when it was dialled.
func (p *port) dialled() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.dials)
}

// drop loses the connections.
func (p *port) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.Close()
	}
}

// words lists the first words of the commands so far, those that begin with one of
// the prefixes.
func (p *port) words(prefixes ...string) (words []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.commands {
		word, _, _ := strings.Cut(c, " ")
		if slices.Contains(prefixes, word) {
			words = append(words, word)
		}
	}
	return words
}

func (p *port) attach(t *testing.T) *tor.Daemon {
	t.Helper()
	d, err := tor.AttachBy(t.Context(), p.dial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// publishNothing publishes a service with a target where nobody listens.
func publishNothing(t *testing.T, d *tor.Daemon) *tor.Service {
	t.Helper()
	s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func statusOf(t *testing.T, s *tor.Service) tor.ServiceStatus {
	t.Helper()
	synctest.Wait()
	for st := range s.Status(t.Context()) {
		return st
	}
	panic("no status")
}

func daemonStatus(t *testing.T, d *tor.Daemon) tor.DaemonStatus {
	t.Helper()
	synctest.Wait()
	for st := range d.Status(t.Context()) {
		return st
	}
	panic("no status")
}

// TestAttachedIsCalledUntilItAnswers: at once, then after pauses that grow to half
// a minute, and for ever.
func TestAttachedIsCalledUntilItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		time.Sleep(time.Hour)
		p.setAway(syscall.ECONNREFUSED)
		lost := time.Since(p.begin)
		p.drop()
		st := daemonStatus(t, d)
		if st.State != tor.Reconnecting || !errors.Is(st.Err, syscall.ECONNREFUSED) || st.Attempts == 0 {
			t.Errorf("status %+v", st)
		}
		err := d.WaitReady(within(t, time.Minute))
		wantErr(t, err, tor.ErrNotReady, syscall.ECONNREFUSED, context.DeadlineExceeded)
		time.Sleep(time.Hour)
		dials := p.dialled()[1:]
		if dials[0] != lost || dials[1] != lost {
			t.Errorf("the first tries were at %s, the loss at %s", dials[:2], lost)
		}
		for i := 2; i < len(dials); i++ {
			pause := dials[i] - dials[i-1]
			if pause < 400*time.Millisecond || pause > 30*time.Second || i > 9 && pause < 20*time.Second {
				t.Errorf("pause %d: %s", i, pause)
			}
		}
		ready := make(chan error)
		go func() { ready <- d.WaitReady(t.Context()) }()
		p.setAway(nil)
		if err := <-ready; err != nil {
			t.Error(err)
		}
		if st := daemonStatus(t, d); st.State != tor.Connected || st.Err != nil || st.Attempts != 0 || d.Reconnects() != 1 {
			t.Errorf("%d reconnects, status %+v", d.Reconnects(), st)
		}
		if d.Err() != nil {
			t.Error(d.Err())
		}
		d.Close()
		if st := daemonStatus(t, d); st.State != tor.Ended || !errors.Is(st.Err, tor.ErrClosed) {
			t.Errorf("after Close: %+v", st)
		}
	})
}

// TestPortThatHangsUpAtOnce is called again with pauses, too.
func TestPortThatHangsUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		stop := time.Now().Add(10 * time.Minute)
		for time.Now().Before(stop) {
			p.drop()
			time.Sleep(10 * time.Millisecond)
		}
		if n := d.Reconnects(); n < 20 || n > 40 {
			t.Errorf("%d reconnects in 10 minutes", n)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	for name, c := range map[string]struct {
		answer string // to the heartbeat
		delay  time.Duration
		dies   bool
	}{
		"answered": {},
		"refused":  {answer: "510 Command filtered\r\n"},
		"late":     {delay: tor.RequestTimeout - time.Second},
		"silent":   {answer: silence, dies: true},
		"too late": {delay: tor.RequestTimeout + time.Second, dies: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				p.setScript(func(command string) string {
					if command == tor.HeartbeatCommand {
						time.Sleep(c.delay)
						return c.answer
					}
					return ""
				})
				lost := tor.Heartbeat + tor.RequestTimeout
				time.Sleep(lost - time.Millisecond)
				if n := d.Reconnects(); n != 0 {
					t.Fatalf("%d reconnects before it could be known", n)
				}
				time.Sleep(2 * time.Millisecond)
				synctest.Wait()
				if n := d.Reconnects(); c.dies != (n == 1) {
					t.Errorf("%d reconnects", n)
				}
				if time.Sleep(10 * time.Minute); !c.dies && d.Reconnects() != 0 {
					t.Error("a tor that answers was given up")
				}
			})
		})
	}
}

// TestServicesOfALostSession: what is told of a service, and what becomes of it.
func TestServicesOfALostSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept, closed := publishNothing(t, d), publishNothing(t, d)
		synctest.Wait()
		p.setAway(syscall.ECONNREFUSED)
		p.drop()
		late, forgotten := publishNothing(t, d), publishNothing(t, d)
		if st := statusOf(t, kept); st.Phase != tor.Degraded || !errors.Is(st.Err, tor.ErrControl) {
			t.Errorf("a service that was there: %+v", st)
		}
		if st := statusOf(t, late); st.Phase != tor.Starting || st.Err == nil {
			t.Errorf("a service that was never there: %+v", st)
		}
		wantErr(t, kept.Ready(within(t, time.Second)), tor.ErrControl, context.DeadlineExceeded)
		for _, s := range []*tor.Service{closed, forgotten} {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			wantErr(t, s.Ready(t.Context()), tor.ErrClosed)
		}
		if n := len(p.words("ADD_ONION")); n != 2 {
			t.Fatalf("%d services were added before", n)
		}
		p.setAway(nil)
		time.Sleep(time.Minute)
		for _, s := range []*tor.Service{kept, late} {
			if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
				t.Errorf("added again: %+v", st)
			}
		}
		if got := p.words("ADD_ONION", "DEL_ONION", "AUTHENTICATE"); !slices.Equal(got[3:], []string{"AUTHENTICATE", "ADD_ONION", "ADD_ONION"}) {
			t.Errorf("commands %v", got)
		}
	})
}

// TestLeftoverOfALostSession: tor, or what stands before it, has not noticed yet
// that the old connection is gone.
func TestLeftoverOfALostSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept := publishNothing(t, d)
		synctest.Wait()
		p.setScript(refuseServices("550 Onion address collision"))
		p.drop()
		if st := statusOf(t, kept); st.Phase != tor.Degraded || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision with itself: %+v", st)
		}
		// It may be our own that this one meets, too.
		again := publishNothing(t, d)
		if st := statusOf(t, again); st.Phase != tor.Starting || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision right after the loss: %+v", st)
		}
		time.Sleep(tor.Leftover / 2)
		p.setScript(nil)
		time.Sleep(tor.Leftover / 2)
		for _, s := range []*tor.Service{kept, again} {
			if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
				t.Errorf("without the leftover: %+v", st)
			}
		}
		p.setScript(refuseServices("550 Onion address collision"))
		if st := statusOf(t, publishNothing(t, d)); st.Phase != tor.Gone || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision later: %+v", st)
		}
	})
}

// TestServiceThatIsRefusedLater is offered again and again.
func TestServiceThatIsRefusedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept := publishNothing(t, d)
		synctest.Wait()
		p.setScript(refuseServices("551 Out of something"))
		p.drop()
		time.Sleep(time.Hour)
		st := statusOf(t, kept)
		wantErr(t, st.Err, tor.ErrRefused)
		if st.Phase != tor.Degraded {
			t.Errorf("refused: %+v", st)
		}
		if n := len(p.words("ADD_ONION")); n < 100 || n > 180 {
			t.Errorf("offered %d times in an hour", n)
		}
		fresh := publishNothing(t, d)
		if st := statusOf(t, fresh); st.Phase != tor.Gone || !errors.Is(st.Err, tor.ErrRefused) {
			t.Errorf("refused at first: %+v", st)
		}
		p.setScript(nil)
		time.Sleep(time.Minute)
		if st := statusOf(t, kept); st.Phase != tor.Starting || st.Err != nil {
			t.Errorf("no longer refused: %+v", st)
		}
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
		if got := p.words("DEL_ONION"); len(got) != 1 {
			t.Errorf("taken away %d times", len(got))
		}
	})
}

func refuseServices(with string) answers {
	return func(c string) string {
		if strings.HasPrefix(c, "ADD_ONION") {
			return with + "\r\n"
		}
		return ""
	}
}

// TestAddedWithAnswerLost: tor has taken the service, and the connection broke
// before it said so.
func TestAddedWithAnswerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		p.setScript(func(c string) string {
			if strings.HasPrefix(c, "ADD_ONION") {
				p.setScript(refuseServices("550 Onion address collision"))
				return "\x00\r\n" // not a reply
			}
			return ""
		})
		s := publishNothing(t, d)
		if st := statusOf(t, s); st.Phase == tor.Gone || d.Reconnects() != 1 {
			t.Fatalf("%d reconnects, %+v", d.Reconnects(), st)
		}
		p.setScript(nil)
		time.Sleep(time.Minute)
		if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
			t.Errorf("%+v", st)
		}
	})
}

// TestCloseAtAnyMoment closes the daemon in each state that it can be in.
func TestCloseAtAnyMoment(t *testing.T) {
	mute := func(command string) answers {
		return func(c string) string {
			if strings.HasPrefix(c, command) {
				return silence
			}
			return ""
		}
	}
	for name, bring := range map[string]func(*port, *tor.Daemon){
		"connected": func(*port, *tor.Daemon) {},
		"refused": func(p *port, _ *tor.Daemon) {
			p.setAway(syscall.ECONNREFUSED)
			p.drop()
		},
		"between tries": func(p *port, _ *tor.Daemon) {
			p.setAway(syscall.ECONNREFUSED)
			p.drop()
			time.Sleep(10*time.Minute + 100*time.Millisecond)
		},
		"authenticating": func(p *port, _ *tor.Daemon) {
			p.setScript(mute("AUTHENTICATE"))
			p.drop()
		},
		"asking": func(p *port, _ *tor.Daemon) {
			p.setScript(mute("GETINFO"))
			p.drop()
		},
		"adding": func(p *port, _ *tor.Daemon) {
			p.setScript(mute("ADD_ONION"))
			p.drop()
		},
		"refusing": func(p *port, _ *tor.Daemon) {
			p.setScript(refuseServices("551 no"))
			p.drop()
			time.Sleep(time.Second)
		},
		"hung": func(p *port, _ *tor.Daemon) {
			p.setScript(func(string) string { return silence })
			time.Sleep(tor.Heartbeat + time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				s := publishNothing(t, d)
				synctest.Wait()
				bring(p, d)
				synctest.Wait()
				begin := time.Now()
				d.Close()
				if took := time.Since(begin); took != 0 {
					t.Errorf("Close took %s", took)
				}
				wantErr(t, d.Err(), tor.ErrClosed)
				wantErr(t, s.Ready(t.Context()), tor.ErrClosed)
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				_, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{}})
				wantErr(t, err, tor.ErrClosed)
			})
		})
	}
}

// TestGivingUp: a tor of our own is not started for ever if that is of no use.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d, err := tor.ManagedBy(t.Context(), p.dial)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		s := publishNothing(t, d)
		time.Sleep(time.Minute)
		// A few failures are forgotten once it works again.
		for range 3 {
			p.setAway(fmt.Errorf("%w: out of memory", tor.ErrExited))
			p.drop()
			time.Sleep(5 * time.Second)
			p.setAway(nil)
			time.Sleep(time.Minute)
		}
		if d.Reconnects() != 3 || d.Err() != nil {
			t.Fatalf("%d reconnects, %v", d.Reconnects(), d.Err())
		}
		before := len(p.dialled())
		p.setAway(fmt.Errorf("%w: bad torrc", tor.ErrExited))
		p.drop()
		begin := time.Now()
		<-d.Done()
		if took := time.Since(begin); took < 15*time.Second || took > time.Minute {
			t.Errorf("it took %s", took)
		}
		if n := len(p.dialled()) - before; n != tor.MaxFailures {
			t.Errorf("it was started %d times", n)
		}
		for _, err := range []error{d.Err(), s.Ready(t.Context()), d.WaitReady(t.Context())} {
			wantErr(t, err, tor.ErrGaveUp, tor.ErrExited)
			wantText(t, err, "bad torrc")
		}
		if st := daemonStatus(t, d); st.State != tor.Ended || !errors.Is(st.Err, tor.ErrGaveUp) {
			t.Errorf("status %+v", st)
		}
		d.Close()
		wantErr(t, d.Err(), tor.ErrGaveUp)
	})
}

// TestGivingUpForAnotherReason matches ErrExited all the same.
func TestGivingUpForAnotherReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d, err := tor.ManagedBy(t.Context(), p.dial)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		p.setAway(io.ErrUnexpectedEOF)
		p.drop()
		<-d.Done()
		wantErr(t, d.Err(), tor.ErrGaveUp, tor.ErrExited, io.ErrUnexpectedEOF)
	})
}
