package parts

import (
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"
)

// Listen listens on all of the addresses, one by one: the network's own Listen is
// content with one that succeeds, and keeps the reasons to itself.
func Listen(net *swarm.Swarm, addrs []ma.Multiaddr) error {
	for _, addr := range addrs {
		if err := net.AddListenAddr(addr); err != nil {
			return err
		}
	}
	return nil
}
