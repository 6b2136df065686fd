package node_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// party is one person: a profile, a Tor daemon and the node that runs on them.
type party struct {
	*node.Node
	profile *profile.Profile
	daemon  *tor.Daemon
	root    string
	log     *slog.Logger
	tune    func(*node.Config) // what else is special about it, if anything
	opened  func(*node.Node)   // is given each node as soon as it is there
	hidden  bool               // nobody can reach it, and nothing waits for that

	stop   context.CancelFunc
	heard  sync.WaitGroup
	mu     sync.Mutex
	cursor ledger.Cursor
	events []node.Event
	news   chan struct{} // closed and replaced when there are more events
}

// newParty makes a person with a daemon of their own on a fake Tor.
func newParty(t testing.TB, fake *tortest.Fake) *party {
	t.Helper()
	return newPartyOn(t, attach(t, fake.ControlAddr(), fake.SocksAddr()))
}

func newPartyOn(t testing.TB, d *tor.Daemon) *party {
	t.Helper()
	return newPartyWith(t, d, nil)
}

// newPartyWith makes a person whose node is set up in another way.
func newPartyWith(t testing.TB, d *tor.Daemon, tune func(*node.Config)) *party {
	t.Helper()
	p := &party{daemon: d, tune: tune}
	p.begin(t)
	return p
}

// newHiddenParty makes a person whose Tor tells nobody where its onion services are.
func newHiddenParty(t testing.TB, d *tor.Daemon) *party {
	t.Helper()
	p := &party{daemon: d, hidden: true}
	p.begin(t)
	return p
}

// begin makes the profile and the first node.
func (p *party) begin(t testing.TB) {
	t.Helper()
	p.root, p.news, p.log = t.TempDir(), make(chan struct{}), slog.New(slog.DiscardHandler)
	if os.Getenv("NODE_TEST_LOG") != "" {
		p.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).
			With("party", filepath.Base(filepath.Dir(p.root))+filepath.Base(p.root))
	}
	made, err := profile.Create(testContext(t), p.root, "someone", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.leave(t) })
	p.come(t)
}

// come opens the profile and runs a node on it, until it can be reached.
func (p *party) come(t testing.TB) {
	t.Helper()
	var err error
	if p.profile, err = profile.Open(testContext(t), p.root, "someone", nil); err != nil {
		t.Fatal(err)
	}
	cfg := node.Config{Profile: p.profile, Daemon: p.daemon, Log: p.log}
	if p.tune != nil {
		p.tune(&cfg)
	}
	if p.Node, err = node.Open(testContext(t), cfg); err != nil {
		t.Fatal(err)
	}
	if p.opened != nil {
		p.opened(p.Node)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	n := p.Node
	p.heard.Go(func() {
		for e, err := range n.Events(ctx, p.cursor) {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.cursor = e.Cursor
			p.events = append(p.events, e)
			close(p.news)
			p.news = make(chan struct{})
			p.mu.Unlock()
		}
	})
	if p.hidden {
		return
	}
	if err := p.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

// leave closes node and profile.
func (p *party) leave(t testing.TB) {
	t.Helper()
	if p.Node == nil {
		return
	}
	p.stop()
	p.heard.Wait()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.profile.Close(); err != nil {
		t.Error(err)
	}
	p.Node = nil
}

// await waits for an event that fits and has not been waited for, and returns it.
func (p *party) await(t testing.TB, what string, fits func(node.Event) bool) node.Event {
	t.Helper()
	timeout := time.After(testTimeout)
	for {
		p.mu.Lock()
		for i, e := range p.events {
			if fits(e) {
				p.events = append(p.events[:i:i], p.events[i+1:]...)
				p.mu.Unlock()
				return e
			}
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
		case <-timeout:
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Fatalf("waited for %s, got %+v", what, p.events)
		}
	}
}

func (p *party) awaitKind(t testing.TB, kind string) node.Event {
	t.Helper()
	return p.await(t, kind, func(e node.Event) bool { return string(e.Kind) == kind })
}

// befriend makes contacts of two, and returns the conversation of each.
func befriend(t testing.TB, a, b *party) (ofA, ofB ledger.ConversationID) {
	t.Helper()
	ctx := testContext(t)
	link, err := b.Link(ctx)
	if err != nil {
		t.Fatal(err)
	}
	contact, err := a.AddContact(ctx, link, node.AddOptions{Introduction: "It is me."})
	if err != nil {
		t.Fatal(err)
	}
	request := b.awaitKind(t, "request_received")
	if err := b.AcceptContact(ctx, request.Contact); err != nil {
		t.Fatal(err)
	}
	a.await(t, "acceptance", func(e node.Event) bool {
		if e.Kind != "contact_changed" {
			return false
		}
		c, err := a.Contact(ctx, contact.ID)
		return err == nil && c.State == "accepted"
	})
	there, err := b.Contact(ctx, request.Contact)
	if err != nil {
		t.Fatal(err)
	}
	return contact.Conversation, there.Conversation
}

// arrives sends a message, and waits until one side has it and the other knows.
func arrives(t testing.TB, from, to *party, in ledger.ConversationID, text string) {
	t.Helper()
	m, err := from.Send(testContext(t), in, text, node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := to.awaitKind(t, "message_received")
	received, err := to.Message(testContext(t), got.Message)
	if err != nil {
		t.Fatal(err)
	}
	if received.Text != text {
		t.Fatalf("%q arrived as %q", text, received.Text)
	}
	from.await(t, "delivery", func(e node.Event) bool {
		return e.Kind == "delivery_changed" && e.Message == m.Number && e.Delivery == "delivered"
	})
}

// contactOf returns the contact with a peer ID.
func contactOf(t testing.TB, p *party, id peer.ID) node.Contact {
	t.Helper()
	c, ok := findContact(t, p, id)
	if !ok {
		t.Fatal("there is no such contact")
	}
	return c
}

func findContact(t testing.TB, p *party, id peer.ID) (node.Contact, bool) {
	t.Helper()
	all, err := p.Contacts(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Peer == id.String() {
			return c, true
		}
	}
	return node.Contact{}, false
}

// textsOf returns the texts of a conversation, in their order.
func textsOf(t testing.TB, p *party, id ledger.ConversationID) (texts []string) {
	t.Helper()
	all, err := p.Messages(testContext(t), id, 0, 2000)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		texts = append(texts, all[i].Text)
	}
	return texts
}
