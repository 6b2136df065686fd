package tor_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
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
