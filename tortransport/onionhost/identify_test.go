package onionhost_test

import (
	"testing"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/record"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify/pb"
	"github.com/libp2p/go-msgio/pbio"
	ma "github.com/multiformats/go-multiaddr"
	"google.golang.org/protobuf/proto"
)

// maxIdentify is more than an identify message has, in bytes.
const maxIdentify = 64 << 10

// identification asks a peer over a connection that is open who it is, and returns
// every word of the answer.
func identification(t *testing.T, by host.Host, of peer.ID) *pb.Identify {
	t.Helper()
	s, err := by.NewStream(testContext(t), of, identify.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// It comes in two messages if the signed record is long.
	whole := new(pb.Identify)
	r := pbio.NewDelimitedReader(s, maxIdentify)
	for range 2 {
		part := new(pb.Identify)
		if err := r.ReadMsg(part); err != nil {
			break
		}
		proto.Merge(whole, part)
	}
	return whole
}

// wantOnly checks that the addresses are those that may be told.
func wantOnly(t *testing.T, what string, got, want []ma.Multiaddr) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d addresses, want %d", what, len(got), len(want))
	}
	for _, m := range got {
		if !ma.Contains(want, m) {
			t.Errorf("%s: %s", what, m.Protocols()[0].Name)
		}
	}
}

func parse(t *testing.T, raw ...[]byte) []ma.Multiaddr {
	t.Helper()
	var addrs []ma.Multiaddr
	for _, b := range raw {
		m, err := ma.NewMultiaddrBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, m)
	}
	return addrs
}

// checkIdentification reads all that a host tells of itself to a peer, which it
// knows by the address seen if it has dialled it.
func checkIdentification(t *testing.T, h host.Host, got *pb.Identify, listens []ma.Multiaddr) {
	t.Helper()
	if agent := got.GetAgentVersion(); agent != "onionwire" {
		t.Errorf("agent version %q", agent)
	}
	if version := got.GetProtocolVersion(); version != "" && version != "ipfs/0.1.0" {
		t.Errorf("protocol version %q", version)
	}
	wantOnly(t, "listen addresses", parse(t, got.ListenAddrs...), listens)
	for _, m := range parse(t, got.ObservedAddr) {
		if len(m) != 1 || m[0].Code() != ma.P_ONION3 {
			t.Errorf("observed address: %s", m.Protocols()[0].Name)
		}
	}
	for _, p := range got.Protocols {
		switch p {
		case "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0":
		default:
			t.Errorf("protocol %s", p)
		}
	}
	if len(got.SignedPeerRecord) == 0 {
		if len(listens) > 0 {
			t.Error("no signed peer record")
		}
		return
	}
	_, r, err := record.ConsumeEnvelope(got.SignedPeerRecord, peer.PeerRecordEnvelopeDomain)
	if err != nil {
		t.Fatal(err)
	}
	signed := r.(*peer.PeerRecord)
	if signed.PeerID != h.ID() {
		t.Error("the signed record is somebody else's")
	}
	wantOnly(t, "signed peer record", signed.Addrs, listens)
}

// TestIdentify has a stock host look at everything that a host tells of itself.
func TestIdentify(t *testing.T) {
	_, d := fakeTor(t)
	for _, name := range []string{"inbound", "outbound"} {
		t.Run(name, func(t *testing.T) {
			own, stock := newHost(t, d), stockHost(t, d)
			listens := own.Network().ListenAddresses()
			from, to := own, stock
			if name == "inbound" {
				from, to = to, from
			}
			if err := from.Connect(testContext(t), infoOf(to)); err != nil {
				t.Fatal(err)
			}
			checkIdentification(t, own, identification(t, stock, own.ID()), listens)
			for _, c := range own.Network().Conns() {
				for _, m := range []ma.Multiaddr{c.LocalMultiaddr(), c.RemoteMultiaddr()} {
					if len(m) != 1 || m[0].Code() != ma.P_ONION3 {
						t.Errorf("the connection shows an address of %s", m.Protocols()[0].Name)
					}
				}
			}
			// What the stock host has learnt, by whatever message.
			for _, m := range stock.Peerstore().Addrs(own.ID()) {
				if m[0].Code() != ma.P_ONION3 {
					t.Errorf("the peer learnt an address of %s", m.Protocols()[0].Name)
				}
			}
		})
	}
}

// TestIdentifyWithoutListener: who does not listen has no address at all.
func TestIdentifyWithoutListener(t *testing.T) {
	_, d := fakeTor(t)
	stock := stockHost(t, d)
	own := newClient(t, d)
	if err := own.Connect(testContext(t), infoOf(stock)); err != nil {
		t.Fatal(err)
	}
	checkIdentification(t, own, identification(t, stock, own.ID()), nil)
}

// TestLiarsAreNotRepeated: what a peer claims to see of a host does not become an
// address of it.
func TestLiarsAreNotRepeated(t *testing.T) {
	_, d := fakeTor(t)
	own, stock := newHost(t, d), stockHost(t, d)
	want := own.Addrs()
	other, _ := newOnion(t)
	stock.RemoveStreamHandler(identify.ID)
	stock.SetStreamHandler(identify.ID, lie(other))
	if err := stock.Connect(testContext(t), infoOf(own)); err != nil {
		t.Fatal(err)
	}
	if err := own.Connect(testContext(t), infoOf(stock)); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, "own addresses", own.Addrs(), want)
	checkIdentification(t, own, identification(t, stock, own.ID()), want)
}
