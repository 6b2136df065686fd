package tortransport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// socksPort is a SOCKS port that is played by hand, at a daemon whose control port
// does what it should.
type socksPort struct {
	daemon      *tor.Daemon
	open, calls atomic.Int32 // connections
}

func newSOCKSPort(t *testing.T, serve func(net.Conn)) *socksPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &socksPort{daemon: attach(t, tor.AttachConfig{
		Control: parseAddr(t, tortest.NewFake(t).ControlAddr()), SOCKS: parseAddr(t, l.Addr().String()),
	})}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.calls.Add(1)
			p.open.Add(1)
			tasks.Go(func() {
				defer p.open.Add(-1)
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(testTimeout))
				serve(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); tasks.Wait() })
	return p
}

// wantNone waits until nothing is left of the connections.
func (p *socksPort) wantNone(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return p.open.Load() == 0 }, func() { t.Error("sockets to the SOCKS port are open") })
}

// What a SOCKS port says to the greeting, to the credentials and to the request.
const (
	socksMethod  = "\x05\x02"
	socksWelcome = "\x01\x00"
	socksGranted = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
	socksDenied  = "\x05\xf0\x00\x01\x00\x00\x00\x00\x00\x00"
)

// hears reads what the client says in each of the steps.
func hears(c net.Conn, step int) bool {
	field := func() bool { // a length and so many bytes
		size := make([]byte, 1)
		_, err := io.ReadFull(c, size)
		return err == nil && skip(c, int(size[0]))
	}
	switch step {
	case 0: // greeting
		return skip(c, 3)
	case 1: // credentials
		return skip(c, 1) && field() && field()
	default: // request
		return skip(c, 4) && field() && skip(c, 2)
	}
}

// upTo plays a SOCKS port that says the first n bytes of all that it has to say,
// and reports whether the client has heard them.
func upTo(c net.Conn, n int, answers ...string) bool {
	for step, answer := range answers {
		if !hears(c, step) {
			return false
		}
		if n < len(answer) {
			return say(c, answer[:n])
		}
		if !say(c, answer) {
			return false
		}
		n -= len(answer)
	}
	return true
}

const all = 1 << 20

// reset closes a connection in such a way that the other side is told so.
func reset(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }

type badSOCKS struct {
	name  string
	phase string // or what the error matches:
	is    error
	again bool // with early data: a second dial
	serve func(net.Conn)
}

func badSOCKSPorts() (ports []badSOCKS) {
	add := func(name string, serve func(net.Conn)) {
		ports = append(ports, badSOCKS{name: name, phase: inSOCKS, serve: serve})
	}
	answers := []string{socksMethod, socksWelcome, socksGranted}
	for n := range len(strings.Join(answers, "")) {
		for how, end := range map[string]func(net.Conn){"hangs up": func(net.Conn) {}, "resets": reset, "is silent": linger} {
			add(fmt.Sprintf("%s after %d bytes", how, n), func(c net.Conn) {
				if upTo(c, n, answers...) {
					end(c)
				}
			})
		}
	}
	for step, what := range []string{"greeting", "credentials", "request"} {
		for name, junk := range map[string]string{"junk": "HTTP/1.1 400 Bad Request\r\n\r\n", "zeros": "\x00", "ones": "\xff"} {
			add(fmt.Sprintf("answers the %s with endless %s", what, name), func(c net.Conn) {
				if upTo(c, all, answers[:step]...) && hears(c, step) {
					babble(c, junk)
				}
			})
		}
		add(fmt.Sprintf("answers the %s slowly", what), func(c net.Conn) {
			if upTo(c, all, answers[:step]...) && hears(c, step) {
				dribble(c, answers[step])
			}
		})
	}
	add("resets at once", reset)
	add("speaks first", func(c net.Conn) { babble(c, "SSH-2.0-OpenSSH\r\n") })
	add("has no method", func(c net.Conn) { upTo(c, all, "\x05\xff"); linger(c) })
	add("takes no credentials", func(c net.Conn) { upTo(c, all, socksMethod, "\x01\x01"); linger(c) })
	for _, end := range []func(net.Conn){linger, func(net.Conn) {}, reset} {
		ports = append(ports, badSOCKS{name: "refuses", is: tortransport.ErrIntroduction, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, strings.Replace(socksDenied, "\xf0", "\xf2", 1))
			end(c)
		}})
	}
	return append(ports,
		badSOCKS{name: "refuses by a stub", is: tortransport.ErrNotFound, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, socksDenied[:4])
			linger(c)
		}},
		badSOCKS{name: "refuses and hangs up", is: tortransport.ErrNotFound, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, socksDenied)
		}},
		badSOCKS{name: "refuses and does not hang up", phase: inSecurity, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, socksDenied)
			linger(c)
		}},
		badSOCKS{name: "refuses and speaks on", phase: inSecurity, again: true, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, socksDenied)
			babble(c, "junk")
		}},
		badSOCKS{name: "names no end", phase: inSecurity, serve: func(c net.Conn) {
			upTo(c, all, socksMethod, socksWelcome, "\x05\x00\x00\x03\xff"+strings.Repeat("x", 257))
			linger(c)
		}},
		badSOCKS{name: "succeeds and is silent", phase: inSecurity, serve: func(c net.Conn) {
			upTo(c, all, answers...)
			linger(c)
		}},
		badSOCKS{name: "succeeds and hangs up", phase: inSecurity, again: true, serve: func(c net.Conn) {
			upTo(c, all, answers...)
		}},
		badSOCKS{name: "succeeds and resets", phase: inSecurity, again: true, serve: func(c net.Conn) {
			if upTo(c, all, answers...) {
				time.Sleep(100 * time.Millisecond) // until the client has read the success
				reset(c)
			}
		}},
		badSOCKS{name: "succeeds and floods", phase: inSecurity, again: true, serve: func(c net.Conn) {
			upTo(c, all, answers...)
			babble(c, "junk")
		}},
	)
}

// modes are the ways to dial.
var modes = map[string][]tortransport.Option{"early": nil, "patient": {tortransport.WithoutEarlyData()}}

// TestBadSOCKSPorts dials through SOCKS ports that misbehave at every byte.
func TestBadSOCKSPorts(t *testing.T) {
	t.Parallel()
	for mode, opts := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dialBadSOCKSPorts(t, opts...)
		})
	}
}

func dialBadSOCKSPorts(t *testing.T, opts ...tortransport.Option) {
	t.Helper()
	const timeout = 2 * time.Second
	ports := badSOCKSPorts()
	limits := newCountingManager(t)
	errs, at := make([]error, len(ports)), make([]*socksPort, len(ports))
	var dials sync.WaitGroup
	for i, p := range ports {
		at[i] = newSOCKSPort(t, p.serve)
		client := partyConfig{limits: limits}.new(t,
			append(opts, tortransport.WithDaemon(at[i].daemon), tortransport.WithDialTimeout(timeout))...)
		addr := onionAddr(t, newKey(t))
		dials.Go(func() {
			c, err := client.Dial(context.Background(), addr, client.id)
			if err == nil {
				c.Close()
				err = errors.New("the dial succeeded")
			}
			errs[i] = err
		})
	}
	begin := time.Now()
	dials.Wait()
	if took := time.Since(begin); took > testTimeout/2 {
		t.Errorf("the dials took %s", took)
	}
	for i, p := range ports {
		t.Run(p.name, func(t *testing.T) {
			wantPhase(t, errs[i].Error(), p.phase)
			wantDiscreet(t, errs[i])
			if p.is != nil && !errors.Is(errs[i], p.is) {
				t.Errorf("error = %v, want %v", errs[i], p.is)
			}
			want := int32(1)
			if p.again && opts == nil {
				want = 2
			}
			if n := at[i].calls.Load(); n != want {
				t.Errorf("%d dials, want %d: %v", n, want, errs[i])
			}
			at[i].wantNone(t)
		})
	}
	limits.wantNone(t)
}

// TestCancelledDials ends the context of a dial while it waits, at every byte that
// the SOCKS port says and in every phase of the upgrade: the dial returns at once,
// and its socket is closed.
func TestCancelledDials(t *testing.T) {
	t.Parallel()
	answers := []string{socksMethod, socksWelcome, socksGranted}
	said := len(strings.Join(answers, ""))
	for mode, opts := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			for n := range said + 3 {
				i := newIdentity(t)
				ctx, cancel := context.WithCancel(testContext(t))
				p := newSOCKSPort(t, func(c net.Conn) {
					ok := upTo(c, n, answers...)
					switch {
					case !ok:
					case n == said: // nothing behind it
					case n == said+1: // half an answer to the proposal
						say(c, noiseProposal[:25])
					case n == said+2: // nothing of the handshake
						say(c, noiseProposal)
						skip(c, len(noiseProposal)+noiseMessage)
					}
					cancel()
					linger(c)
				})
				limits := newCountingManager(t)
				client := partyConfig{limits: limits}.new(t, append(opts, tortransport.WithDaemon(p.daemon))...)
				begin := time.Now()
				err := client.dialFails(t, ctx, onionAddr(t, newKey(t)), i.id)
				if took := time.Since(begin); took > testTimeout/4 || !errors.Is(err, context.Canceled) {
					t.Errorf("after %d bytes: %s, %v", n, took, err)
				}
				wantDiscreet(t, err)
				if n := limits.open.Load(); n != 0 {
					t.Errorf("%d scopes are open", n)
				}
				p.wantNone(t)
			}
		})
	}
}

// TestLateSOCKS has a SOCKS port that takes its time for every byte, and then some
// to connect.
func TestLateSOCKS(t *testing.T) {
	t.Parallel()
	_, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	for mode, opts := range modes {
		for _, reply := range []string{socksGranted, socksDenied} { // the latter is stale
			t.Run(fmt.Sprintf("%s, 0x%02x", mode, reply[1]), func(t *testing.T) {
				t.Parallel()
				p := newSOCKSPort(t, func(c net.Conn) {
					for step, answer := range []string{socksMethod, socksWelcome, reply} {
						if !hears(c, step) {
							return
						}
						for i := range len(answer) {
							time.Sleep(10 * time.Millisecond)
							say(c, answer[i:i+1])
						}
					}
					target := dialRaw(t, d.SOCKS(), addr)
					defer target.Close()
					go func() { _, _ = io.Copy(target, c); target.Close() }()
					_, _ = io.Copy(c, target)
				})
				c := partyConfig{}.new(t, append(opts, tortransport.WithDaemon(p.daemon))...).mustDial(t, addr, server.id)
				mustEcho(t, c)
				c.Close()
				if n := p.calls.Load(); n != 1 {
					t.Errorf("%d dials", n)
				}
			})
		}
	}
}
