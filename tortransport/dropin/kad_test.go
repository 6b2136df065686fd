package dropin_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ipfs/go-cid"
	"github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
	"github.com/ipfs/go-datastore/sync"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multihash"

	"github.com/onionwire/onionwire/tortransport/dropin"
)

// notes is a validator of values that begin with their version. A program has
// one that checks signatures.
type notes struct{}

func (notes) Validate(_ string, value []byte) error {
	if !bytes.HasPrefix(value, []byte("v")) {
		return errors.New("no version")
	}
	return nil
}

func (notes) Select(_ string, values [][]byte) (int, error) {
	latest := slices.MaxFunc(values, bytes.Compare)
	return slices.IndexFunc(values, func(v []byte) bool { return bytes.Equal(v, latest) }), nil
}

// node is a host that takes part in the table, and what it holds for others.
type node struct {
	host.Host
	table *dht.IpfsDHT
	held  datastore.Batching
}

func newNode(t *testing.T, h host.Host, bootstrap ...peer.AddrInfo) node {
	t.Helper()
	n := node{Host: h, held: sync.MutexWrap(datastore.NewMapDatastore())}
	var err error
	n.table, err = dropin.NewDHT(testContext(t), h, bootstrap, dht.Datastore(n.held), dht.NamespacedValidator("note", notes{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.table.Close() })
	if err := n.table.Bootstrap(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return n
}

// forget makes n lose what it holds, so that it has to ask others.
func (n node) forget(t *testing.T) {
	t.Helper()
	ctx := testContext(t)
	all, err := n.held.Query(ctx, query.Query{KeysOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := all.Rest()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := n.held.Delete(ctx, datastore.NewKey(e.Key)); err != nil {
			t.Fatal(err)
		}
	}
}

func (n node) put(t *testing.T, key, value string) {
	t.Helper()
	start := time.Now()
	if err := n.table.PutValue(testContext(t), key, []byte(value)); err != nil {
		t.Fatal(err)
	}
	t.Logf("put took %s", time.Since(start).Round(time.Millisecond))
}

func (n node) wantValue(t *testing.T, key, value string) {
	t.Helper()
	start := time.Now()
	got, err := n.table.GetValue(testContext(t), key)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != value {
		t.Errorf("got %q, want %q", got, value)
	}
	t.Logf("get took %s", time.Since(start).Round(time.Millisecond))
}

// TestKademlia tells four nodes of a fifth. All find each other through it.
func TestKademlia(t *testing.T) {
	t.Parallel()
	hosts := onionHosts(t, members)
	nodes := []node{newNode(t, hosts[0])}
	for _, h := range hosts[1:] {
		nodes = append(nodes, newNode(t, h, infoOf(hosts[0])))
	}
	for _, n := range nodes {
		await(t, "a node knows all others", func() bool {
			if n.table.RoutingTable().Size() == members-1 {
				return true
			}
			<-n.table.RefreshRoutingTable()
			return false
		})
	}
	t.Run("Values", func(t *testing.T) {
		const key = "/note/greeting"
		nodes[1].put(t, key, "v1 hello")
		for i, n := range nodes {
			if i != 1 {
				n.forget(t)
			}
		}
		for _, n := range nodes {
			n.wantValue(t, key, "v1 hello")
		}
		nodes[2].put(t, key, "v2 hello again")
		for _, n := range nodes {
			n.wantValue(t, key, "v2 hello again")
		}
	})
	t.Run("Providers", func(t *testing.T) {
		ctx := testContext(t)
		id := cidOf(t, "something")
		if err := nodes[3].table.Provide(ctx, id, true); err != nil {
			t.Fatal(err)
		}
		for i, n := range nodes {
			found, err := n.table.FindProviders(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 || found[0].ID != hosts[3].ID() {
				t.Fatalf("node %d found %d providers", i, len(found))
			}
			wantAddrs(t, found[0], hosts[3])
		}
	})
	t.Run("Peers", func(t *testing.T) {
		finder, lost := nodes[4], hosts[1]
		for _, h := range []host.Host{finder, lost} {
			for _, other := range []host.Host{finder, lost} {
				if err := h.Network().ClosePeer(other.ID()); err != nil {
					t.Fatal(err)
				}
			}
		}
		// A lookup that begins with a peer without an address gives that peer up.
		finder.table.RoutingTable().RemovePeer(lost.ID())
		finder.Peerstore().ClearAddrs(lost.ID())
		found, err := finder.table.FindPeer(testContext(t), lost.ID())
		if err != nil {
			t.Fatal(err)
		}
		wantAddrs(t, found, lost)
	})
	wantOnionsOnly(t, hosts)
}

func cidOf(t *testing.T, s string) cid.Cid {
	t.Helper()
	hash, err := multihash.Sum([]byte(s), multihash.SHA2_256, -1)
	if err != nil {
		t.Fatal(err)
	}
	return cid.NewCidV1(cid.Raw, hash)
}

// wantAddrs checks that what was found is the onion address of h and nothing
// else.
func wantAddrs(t *testing.T, found peer.AddrInfo, h host.Host) {
	t.Helper()
	if len(found.Addrs) != 1 || !isOnion(found.Addrs[0]) || !found.Addrs[0].Equal(h.Addrs()[0]) {
		t.Errorf("found at %v", found.Addrs)
	}
}
