package parts

import (
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/event"
	basichost "github.com/libp2p/go-libp2p/p2p/host/basic"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
)

// HostConfig is what may differ between hosts.
type HostConfig struct {
	// Ping makes the host answer libp2p pings.
	Ping bool
	// ConnManager closes connections that are too many; nil means none does.
	ConnManager connmgr.ConnManager
	// Registerer gets libp2p's metrics; nil means there are none.
	Registerer prometheus.Registerer
}

// NewHost makes the host over a network. What it leaves out is what would leak:
// port mapping, hole punching, relaying, and addresses that peers claim to have
// observed.
func NewHost(net *swarm.Swarm, bus event.Bus, cfg HostConfig) (*basichost.BasicHost, error) {
	return basichost.NewHost(net, &basichost.HostOpts{
		EventBus:             bus,
		NegotiationTimeout:   NegotiationTimeout,
		AddrsFactory:         OnionOnly,
		UserAgent:            UserAgent,
		ConnManager:          cfg.ConnManager,
		EnablePing:           cfg.Ping,
		EnableMetrics:        cfg.Registerer != nil,
		PrometheusRegisterer: cfg.Registerer,
	})
}

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
