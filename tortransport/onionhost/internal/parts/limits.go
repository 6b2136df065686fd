package parts

import (
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

// NewResourceManager makes a resource manager with limits that fit Tor. Close it,
// or the host that has it.
func NewResourceManager(opts ...rcmgr.Option) (network.ResourceManager, error) {
	l := limits()
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(l.AutoScale()), opts...)
}

// limits are libp2p's, scaled with the machine, with more room for connections.
// Who comes through Tor shows no address, so that libp2p's limits per address
// never apply: all strangers share the limits for the system and for those who are
// not known yet. Limits per peer hold back mistakes, not attackers, who have as
// many peer IDs as they like. Memory and descriptors stay bounded as they are.
func limits() rcmgr.ScalingLimitConfig {
	l := rcmgr.DefaultLimits
	// To hold idle connections open costs a stranger nothing: the 64 of a small
	// machine would be taken at once.
	l.SystemBaseLimit.ConnsInbound = 512
	l.SystemBaseLimit.ConnsOutbound = 512
	l.SystemBaseLimit.Conns = 1024
	l.SystemLimitIncrease.ConnsInbound = 512
	l.SystemLimitIncrease.ConnsOutbound = 512
	l.SystemLimitIncrease.Conns = 1024
	// A negotiation may take a minute, not a second. The transport has 32 at once
	// for every onion service that it listens on.
	l.TransientBaseLimit.ConnsInbound = 128
	l.TransientBaseLimit.Conns = 192

	// The two protocols that every host speaks with everybody, as libp2p.New
	// limits them.
	few := rcmgr.BaseLimit{StreamsInbound: 64, StreamsOutbound: 64, Streams: 128, Memory: 4 << 20}
	more := rcmgr.BaseLimitIncrease{StreamsInbound: 64, StreamsOutbound: 64, Streams: 128, Memory: 4 << 20}
	perPeer := map[string]rcmgr.BaseLimit{
		identify.ServiceName: {StreamsInbound: 16, StreamsOutbound: 16, Streams: 32, Memory: 1 << 20},
		// More than libp2p gives it: one that has ended counts until its handler has.
		ping.ServiceName: {StreamsInbound: 8, StreamsOutbound: 8, Streams: 16, Memory: 1 << 20},
	}
	for service, protocols := range map[string][]protocol.ID{
		identify.ServiceName: {identify.ID, identify.IDPush},
		ping.ServiceName:     {ping.ID},
	} {
		l.AddServiceLimit(service, few, more)
		l.AddServicePeerLimit(service, perPeer[service], rcmgr.BaseLimitIncrease{})
		for _, p := range protocols {
			l.AddProtocolLimit(p, few, more)
			l.AddProtocolPeerLimit(p, perPeer[service], rcmgr.BaseLimitIncrease{})
		}
	}
	return l
}
