package tor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

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
