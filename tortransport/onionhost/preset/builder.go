package preset

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/config"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	basichost "github.com/libp2p/go-libp2p/p2p/host/basic"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/fx"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// errUnchecked cannot happen with libp2p as it is: the host would be made before
// the configuration was looked at.
var errUnchecked = errors.New("the options of a private host were not checked")

// placeholder keeps libp2p's default resource manager out, until the host is made:
// only then is it known who will close another one.
type placeholder struct{ *network.NullResourceManager }

// builder takes part in the construction of one host, when all options have been
// applied, those behind the preset too. libp2p calls its methods one after the
// other.
type builder struct {
	cfg     *config.Config
	checked bool
	listens []ma.Multiaddr
}

var _ fx.ErrorHandler = (*builder)(nil)

// begin refuses what would leak, and otherwise decides what the options left open.
func (b *builder) begin() error {
	if err := refuse(b.cfg, 1); err != nil {
		return err
	}
	if _, ok := b.cfg.ResourceManager.(placeholder); ok {
		var opts []rcmgr.Option
		if b.cfg.DisableMetrics {
			opts = append(opts, rcmgr.WithMetricsDisabled())
		}
		m, err := parts.NewResourceManager(opts...)
		if err != nil {
			return err
		}
		b.cfg.ResourceManager = m
	}
	// What is known is not probed.
	if b.cfg.ForceReachability == nil {
		r := network.ReachabilityPrivate
		if len(b.cfg.ListenAddrs) > 0 {
			r = network.ReachabilityPublic
		}
		b.cfg.ForceReachability = &r
	}
	// The network would be content with one address that can be listened on.
	b.listens, b.cfg.ListenAddrs = b.cfg.ListenAddrs, nil
	b.checked = true
	return nil
}

// haveTransport has the transport made first. It can fail, and what is made before
// it nobody would close.
func (*builder) haveTransport(struct {
	fx.In
	Transports []transport.Transport `group:"transport"`
},
) {
}

// HandleError closes what the configuration owns when no host is made of it, as
// libp2p does with a configuration that it refuses.
func (b *builder) HandleError(error) {
	if b.cfg.ResourceManager != nil {
		b.cfg.ResourceManager.Close()
	}
	if b.cfg.ConnManager != nil {
		b.cfg.ConnManager.Close()
	}
	if b.cfg.Peerstore != nil {
		b.cfg.Peerstore.Close()
	}
}

// host makes the host in place of the one that libp2p would make. What it leaves out is
// what would leak: port mapping, hole punching, relaying, and addresses that peers claim
// to have observed.
func (b *builder) host(net *swarm.Swarm, bus event.Bus, life fx.Lifecycle) (*basichost.BasicHost, error) {
	if !b.checked {
		return nil, errUnchecked
	}
	opts := basichost.HostOpts{
		EventBus: bus, NegotiationTimeout: parts.NegotiationTimeout, AddrsFactory: parts.OnionOnly, UserAgent: parts.UserAgent,
		ConnManager: b.cfg.ConnManager, EnablePing: !b.cfg.DisablePing,
	}
	if !b.cfg.DisableMetrics {
		opts.EnableMetrics, opts.PrometheusRegisterer = b.cfg.PrometheusRegisterer != nil, b.cfg.PrometheusRegisterer
	}
	h, err := basichost.NewHost(net, &opts)
	if err != nil {
		return nil, err
	}
	life.Append(fx.StartHook(func(context.Context) error {
		err := parts.Listen(net, b.listens)
		if err != nil {
			h.Close()
		}
		return err
	}))
	return h, nil
}
