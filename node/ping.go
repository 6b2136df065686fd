package node

import (
	"context"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onionhost"
)

// Ping measures a round trip to a contact with libp2p's ping protocol, on the
// connection that is there or on a new one. Errors match ErrClosed, ErrSelf,
// ErrWrongPeer, those of package tortransport, or the context's.
func (n *Node) Ping(ctx context.Context, contact Address) (time.Duration, error) {
	if n.ctx.Err() != nil {
		return 0, ErrClosed
	}
	if contact.Peer == n.address.Peer {
		return 0, ErrSelf
	}
	m, err := contact.Onion.Multiaddr(contact.Port)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := onionhost.Connect(ctx, n.host, peer.AddrInfo{ID: contact.Peer, Addrs: []ma.Multiaddr{m}}); err != nil {
		return 0, err
	}
	results := ping.Ping(network.WithNoDial(ctx, "connected before"), n.host, contact.Peer)
	r, ok := <-results // which ends with the context
	cancel()
	for range results { // until the stream is gone
	}
	switch {
	case !ok:
		return 0, fmt.Errorf("ping: %w", ctx.Err())
	case r.Error != nil:
		return 0, fmt.Errorf("ping: %w", r.Error)
	}
	return r.RTT, nil
}
