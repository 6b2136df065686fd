package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// party is one person: a profile, a Tor daemon and the node that runs on them.
type party struct {
	*node.Node
	profile *node.Profile
	log     *journal
}

// newParty makes a person with a daemon of their own on a fake Tor.
func newParty(t testing.TB, fake *tortest.Fake, options ...func(*node.Config)) *party {
	t.Helper()
	return newPartyOn(t, attach(t, fake.ControlAddr(), fake.SocksAddr(), ""), options...)
}

func newPartyOn(t testing.TB, d *tor.Daemon, options ...func(*node.Config)) *party {
	t.Helper()
	profile, err := node.CreateProfile(t.TempDir(), "someone")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { profile.Close() })
	p := &party{profile: profile}
	p.start(t, d, options...)
	return p
}

// start runs a node on the profile and waits until it can be reached.
func (p *party) start(t testing.TB, d *tor.Daemon, options ...func(*node.Config)) {
	t.Helper()
	p.log = new(journal)
	cfg := node.Config{Profile: p.profile, Daemon: d, Log: slog.New(p.log)}
	for _, o := range options {
		o(&cfg)
	}
	n, err := node.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	if err := n.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	p.Node = n
}

func admitAll(cfg *node.Config) { cfg.Admit = func(peer.ID) bool { return true } }

// begin calls Conversation and keeps a diary of what comes of it.
func (p *party) begin(t testing.TB, contact node.Address) *diary {
	t.Helper()
	c, err := p.Conversation(contact)
	if err != nil {
		t.Fatal(err)
	}
	return keepDiary(t, c)
}

// conversation waits for somebody to begin one, which is the caller's to read.
func (p *party) conversation(t testing.TB) *node.Conversation {
	t.Helper()
	c, err := p.Accept(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// accept does the same, and keeps a diary of it.
func (p *party) accept(t testing.TB) *diary {
	t.Helper()
	return keepDiary(t, p.conversation(t))
}

// journal keeps what a node logs, and apart from that the errors in it.
type journal struct {
	mu     sync.Mutex
	errors []error
	text   strings.Builder
}

func (*journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler     { return j }
func (j *journal) WithGroup(string) slog.Handler          { return j }

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&j.text, " %s", a)
		if err, ok := a.Value.Any().(error); ok {
			j.errors = append(j.errors, err)
		}
		return true
	})
	j.text.WriteByte('\n')
	return nil
}

// await waits until an error has been logged that fits.
func (j *journal) await(t testing.TB, what string, fits func(error) bool) {
	t.Helper()
	deadline := time.Now().Add(promptly)
	for time.Now().Before(deadline) {
		j.mu.Lock()
		for _, err := range j.errors {
			if fits(err) {
				j.mu.Unlock()
				return
			}
		}
		j.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	t.Fatalf("%s was not logged, but %q", what, j.errors)
}

// all is what has been logged, a line for each record.
func (j *journal) all() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
