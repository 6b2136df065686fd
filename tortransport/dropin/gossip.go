package dropin

import (
	"context"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"

	"github.com/onionwire/onionwire/tortransport"
)

const (
	// iwantFollowup is how long a peer may take to send a message that it has
	// announced: a round trip, of which Tor promises nothing. The default of 3
	// seconds takes slow circuits for broken promises, if peers are scored.
	iwantFollowup = 20 * time.Second
	// history is how many heartbeats, of a second each, a message is kept for
	// those who ask for it after an announcement. The default of 5 is shorter
	// than a slow round trip after a late announcement.
	history = 20
)

// GossipSubParams are GossipSub's parameters with the patience that Tor needs.
func GossipSubParams() pubsub.GossipSubParams {
	p := pubsub.DefaultGossipSubParams()
	p.ConnectionTimeout = tortransport.DialTimeout
	p.IWantFollowupTime = iwantFollowup
	p.HistoryLength = history
	return p
}

// NewGossipSub makes a GossipSub router on a host with onion addresses. Options
// are applied after those that Tor asks for. It ends with ctx.
//
// Three options of pubsub are not for Tor: OnlyPublicAddrsOnPeerExchange takes
// onion addresses for private ones and exchanges nothing; WithPeerGater tells
// peers apart by IP address, so that one bad peer has all of them throttled, and
// logs their addresses; and the IP colocation of WithPeerScore sees no IP
// addresses, so that it neither harms nor protects.
func NewGossipSub(ctx context.Context, h host.Host, opts ...pubsub.Option) (*pubsub.PubSub, error) {
	return pubsub.NewGossipSub(ctx, h, append([]pubsub.Option{
		pubsub.WithGossipSubParams(GossipSubParams()),
		// A peer that has enough neighbours names others, by their signed records.
		// Nobody has to be asked who is there.
		pubsub.WithPeerExchange(true),
	}, opts...)...)
}
