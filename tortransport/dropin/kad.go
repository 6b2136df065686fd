package dropin

import (
	"context"
	"slices"
	"time"

	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	ma "github.com/multiformats/go-multiaddr"
)

// kadPrefix keeps this hash table apart from the public one, whose nodes have no
// onion addresses. A prefix of one's own is also what permits validators of
// one's own.
const kadPrefix protocol.ID = "/onionwire-dropin"

// kadRefresh bounds one lookup while the routing table is filled, and the check
// of a new peer. The default is 10 seconds, in which two dead addresses on the
// way use up a lookup.
const kadRefresh = time.Minute

// NewDHT makes a node of a Kademlia hash table on a host with onion addresses;
// bootstrap are the nodes through which it finds the others, and may be empty
// for the first. Options are applied after those that Tor asks for. Close it
// before the host.
//
// Take dht.New, which this does, and not dual.New: the two tables of the latter
// are for public and for private IP addresses, and neither admits a peer that
// has none. For the same reason there is no
// dht.RoutingTablePeerDiversityFilter here, which counts peers per IP network.
// Without it nothing but the price of onion addresses, which is low, keeps
// somebody from being many nodes: have validators that need not trust nodes.
func NewDHT(ctx context.Context, h host.Host, bootstrap []peer.AddrInfo, opts ...dht.Option) (*dht.IpfsDHT, error) {
	return dht.New(ctx, h, append([]dht.Option{
		dht.ProtocolPrefix(kadPrefix),
		// The default is a client until the host is known to be reachable. There is
		// no AutoNAT on Tor to find out: where nothing else tells, it stays one.
		dht.Mode(dht.ModeServer),
		dht.BootstrapPeers(bootstrap...),
		// What the table learns of peers is kept only if it is an onion address, and
		// it tells no other addresses of providers.
		dht.AddressFilter(onionOnly),
		dht.QueryFilter(hasOnion),
		dht.RoutingTableRefreshQueryTimeout(kadRefresh),
	}, opts...)...)
}

func onionOnly(addrs []ma.Multiaddr) []ma.Multiaddr { return ma.FilterAddrs(addrs, isOnion) }

// hasOnion keeps peers out of lookups that cannot be dialled anyway.
func hasOnion(_ any, p peer.AddrInfo) bool { return slices.ContainsFunc(p.Addrs, isOnion) }
