// Package dropin moves two libraries that know nothing of Tor onto onion
// services: go-libp2p-pubsub (GossipSub) and go-libp2p-kad-dht. Both run
// unmodified on a libp2p host with package tortransport; what they have to be
// told differs from the clearnet, and is here, with reasons, to be copied.
//
//   - NewHost makes the libp2p host.
//   - NewGossipSub makes the publish-subscribe router on it.
//   - NewDHT makes the distributed hash table on it.
//   - Room is a program of all three, to be run from the folder room.
//
// This is a module of its own, so that what it depends on stays out of the
// module of the transport.
package dropin

import (
	ma "github.com/multiformats/go-multiaddr"
)

// isOnion reports whether m is an onion address and nothing more.
func isOnion(m ma.Multiaddr) bool { return len(m) == 1 && m[0].Code() == ma.P_ONION3 }
