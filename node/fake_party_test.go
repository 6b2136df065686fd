package node_test

import (
	"bytes"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// secret begins every text of these tests: no log may have it.
const secret = "rosebud"

// told is what must be in no log and in no error: a whole onion address, a whole peer
// ID, what somebody has written, and where anything is.
var told = regexp.MustCompile(`[a-z2-7]{56}|12D3KooW[1-9A-HJ-NP-Za-km-z]{44}|` + secret + `|` + regexp.QuoteMeta(os.TempDir()))

// journal is a log of everything, which is looked through in the end.
type journal struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.Write(b)
}

// has reports whether something was logged.
func (j *journal) has(what string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(j.all.String(), what)
}

func (j *journal) check(t testing.TB) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.all.String()) {
		if found := told.FindString(line); found != "" {
			t.Errorf("the log has %q:\n%s", found, line)
		}
	}
}

// watched makes a person on a fake Tor whose log must not tell anything.
func watched(t testing.TB, fake *tortest.Fake, tune func(*node.Config)) (*party, *journal) {
	t.Helper()
	j := new(journal)
	t.Cleanup(func() { j.check(t) }) // after the node has ended
	p := newPartyWith(t, attach(t, fake.ControlAddr(), fake.SocksAddr()), func(cfg *node.Config) {
		cfg.Log = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
		if tune != nil {
			tune(cfg)
		}
	})
	return p, j
}

// clock is a clock that can be put forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// forward puts the clock of a node forward, which notices that.
func (c *clock) forward(t testing.TB, p *party, d time.Duration) {
	t.Helper()
	c.mu.Lock()
	c.ahead += d
	c.mu.Unlock()
	p.Hold()()
}

// opened waits for a stream that a node opens to a host, without the pauses that it
// makes between two dials.
func (c *clock) opened(t testing.TB, p *party, r *raw, step time.Duration) (s network.Stream) {
	t.Helper()
	eventually(t, "a stream", func() bool {
		select {
		case s = <-r.streams:
		case <-time.After(50 * time.Millisecond):
			c.forward(t, p, step)
		}
		return s != nil
	})
	t.Cleanup(func() { _ = s.Reset() })
	return s
}

// within fails the test if something takes much longer than it needs.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s takes too long", what)
	}
}

// hasText reports whether somebody has a message with a text.
func (p *party) hasText(t testing.TB, what string) bool {
	t.Helper()
	all, err := p.Conversations(testContext(t), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if slices.Contains(textsOf(t, p, c.ID), what) {
			return true
		}
	}
	return false
}

// count returns how many events of a kind have come that nobody has waited for.
func (p *party) count(kind string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if string(e.Kind) == kind {
			n++
		}
	}
	return n
}
