package dropin_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport/dropin"
)

// members is how many hosts take part.
const members = 5

// member is a host that has joined the topic.
type member struct {
	host.Host
	topic *pubsub.Topic
	sub   *pubsub.Subscription
	mesh  *mesh
}

// mesh follows to whom a member passes messages on at once.
type mesh struct {
	mu    sync.Mutex
	peers map[peer.ID]bool
}

func (m *mesh) Trace(e *pb.TraceEvent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e.GetType() {
	case pb.TraceEvent_GRAFT:
		m.peers[peer.ID(e.GetGraft().GetPeerID())] = true
	case pb.TraceEvent_PRUNE:
		delete(m.peers, peer.ID(e.GetPrune().GetPeerID()))
	}
}

func (m *mesh) has(p peer.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peers[p]
}

func join(t *testing.T, h host.Host, opts ...pubsub.Option) member {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	m := member{Host: h, mesh: &mesh{peers: make(map[peer.ID]bool)}}
	ps, err := dropin.NewGossipSub(ctx, h, append(opts, pubsub.WithEventTracer(m.mesh))...)
	if err != nil {
		t.Fatal(err)
	}
	if m.topic, err = ps.Join("topic"); err != nil {
		t.Fatal(err)
	}
	if m.sub, err = m.topic.Subscribe(); err != nil {
		t.Fatal(err)
	}
	return m
}

// isConnected reports whether a message that any member publishes is passed on
// until all have it. A link counts when both ends have agreed to it.
func isConnected(all []member) bool {
	reached := []member{all[0]}
	for i := 0; i < len(reached); i++ {
		for _, m := range all {
			linked := reached[i].mesh.has(m.ID()) && m.mesh.has(reached[i].ID())
			if linked && !slices.ContainsFunc(reached, func(r member) bool { return r.ID() == m.ID() }) {
				reached = append(reached, m)
			}
		}
	}
	return len(reached) == len(all)
}

// wantAll has every member publish, and checks that every message reaches all,
// signed by its author.
func wantAll(t *testing.T, all []member) {
	t.Helper()
	ctx := testContext(t)
	want := make(map[string]peer.ID)
	for i, m := range all {
		text := fmt.Sprintf("message of %d", i)
		want[text] = m.ID()
		if err := m.topic.Publish(ctx, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range all {
		got := make(map[string]peer.ID)
		for len(got) < len(want) {
			msg, err := m.sub.Next(ctx)
			if err != nil {
				t.Fatalf("member %d has %d messages: %v", i, len(got), err)
			}
			if _, twice := got[string(msg.Data)]; twice {
				t.Errorf("member %d has %q twice", i, msg.Data)
			}
			if len(msg.Signature) == 0 {
				t.Errorf("member %d: %q is not signed", i, msg.Data)
			}
			got[string(msg.Data)] = msg.GetFrom()
			if author, known := want[string(msg.Data)]; !known || author != msg.GetFrom() {
				t.Errorf("member %d: %q has another author", i, msg.Data)
			}
		}
	}
}

// measure logs how long a message of one member takes to reach all.
func measure(t *testing.T, from member, all []member) {
	t.Helper()
	const rounds = 9
	ctx := testContext(t)
	took := make([]time.Duration, rounds)
	for i := range took {
		start := time.Now()
		if err := from.topic.Publish(ctx, fmt.Appendf(nil, "round %d", i)); err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if _, err := m.sub.Next(ctx); err != nil {
				t.Fatal(err)
			}
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	t.Logf("a message reaches all %d after %s (median of %d; %s to %s)", len(all),
		took[rounds/2].Round(time.Millisecond), rounds, took[0].Round(time.Millisecond), took[rounds-1].Round(time.Millisecond))
}

// TestGossipSubLine connects each host to the next only: messages from one end
// cross all of them.
func TestGossipSubLine(t *testing.T) {
	hosts := onionHosts(t, members)
	all := make([]member, members)
	for i, h := range hosts {
		all[i] = join(t, h)
	}
	for i := range members - 1 {
		connect(t, hosts[i], hosts[i+1])
	}
	await(t, "the line is a mesh", func() bool { return isConnected(all) })
	wantAll(t, all)
	measure(t, all[0], all)
	wantOnionsOnly(t, hosts)
	for i, h := range hosts {
		for j := range hosts[:max(0, i-1)] {
			if h.Network().Connectedness(hosts[j].ID()) == network.Connected {
				t.Errorf("%d and %d are connected: the line is none", i, j)
			}
		}
	}
}

// TestGossipSubPeerExchange connects all hosts to one, which has room for fewer
// neighbours: it names some of them to the others, and they connect by
// themselves.
func TestGossipSubPeerExchange(t *testing.T) {
	small := dropin.GossipSubParams()
	small.D, small.Dlo, small.Dhi, small.Dscore, small.Dout = 3, 2, 3, 2, 0
	hosts := onionHosts(t, members)
	all := make([]member, members)
	for i, h := range hosts {
		all[i] = join(t, h, pubsub.WithGossipSubParams(small))
	}
	hub, leaves := hosts[0], hosts[1:]
	for _, h := range leaves {
		connect(t, h, hub)
	}
	found := 0
	await(t, "hosts have found each other", func() bool {
		found = 0
		for i, h := range leaves {
			for _, other := range leaves[:i] {
				if h.Network().Connectedness(other.ID()) == network.Connected {
					found++
				}
			}
		}
		return found > 0 && isConnected(all)
	})
	t.Logf("peer exchange made %d connections", found)
	wantAll(t, all)
	measure(t, all[members-1], all)
	wantOnionsOnly(t, hosts)
}
