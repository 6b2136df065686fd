// Package preset makes a host of libp2p.New live on onion addresses only, and tell
// its peers nothing but those and its protocols: one option, [Onion], instead of
// a dozen that all must be right.
//
//	h, err := libp2p.New(
//		preset.Onion(tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key)),
//		libp2p.ListenAddrs(addr),
//		libp2p.Identity(identity),
//	)
//
// The options around it stay what they are, as long as they cannot give away
// where the host is or what it is built of. One that could is an error of
// libp2p.New that matches [ErrLeak] and names the option, whether it stands before
// the preset or behind it. The host then is not made, and nothing has been
// connected to, listened on or looked up.
//
// # What the preset sets
//
//   - The Tor transport of package tortransport, and no other one.
//   - Onion addresses only, in what peers are told and in the signed peer record;
//     addresses that peers claim to have observed are not listened to.
//   - A resolver that refuses: /dns, /dns4, /dns6 and /dnsaddr cannot be dialled,
//     but for what tortransport.WithClearnet has Tor resolve.
//   - No relay, neither as client nor as service, no hole punching, no port
//     mapping, no reachability probing. How reachable the host is counts as known:
//     public if it listens, private if not.
//   - The same agent version for all such hosts, and no protocol version.
//   - Noise alone. The hello of TLS tells the version of Go.
//   - Time-outs, a multiplexer and resource limits that fit Tor, unless
//     libp2p.WithDialTimeout, Muxer or ResourceManager choose.
//
// libp2p.ResourceManager and libp2p.Security(noise.ID, noise.New) must stand before
// the preset: libp2p takes only one of each. For options of libp2p's network or its
// construction (libp2p.SwarmOpts, libp2p.WithFxOption), nobody can tell what they
// do: they are refused.
//
// # What it cannot do
//
// An application that sends its addresses over its own protocols leaks them. A
// custom Routing, Peerstore, ConnectionGater and the like is trusted to stay within
// Tor.
//
// Package onionhost makes the same host without libp2p's root package, whose other
// transports are then not even part of the program.
package preset

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/config"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"go.uber.org/fx"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// ErrLeak means that an option of libp2p.New would give away what the preset hides.
// The error that wraps it names the option.
var ErrLeak = errors.New("a private host cannot have this option")

// Onion is the option for libp2p.New. It takes the options of the transport, of
// which tortransport.WithDaemon or WithDialer is required. What libp2p.New returns
// matches ErrLeak, or the errors of the transport's New and Listen: unlike without
// the preset, all addresses must be listened on, not just one.
//
// An Onion may be used for several hosts.
func Onion(opts ...tortransport.Option) libp2p.Option {
	return func(cfg *libp2p.Config) error {
		if err := refuse(cfg, 0); err != nil {
			return err
		}
		transport, err := provide(opts)
		if err != nil {
			return err
		}
		fill(cfg)
		b := &builder{cfg: cfg}
		cfg.UserFxOptions = []fx.Option{fx.Options(
			transport,
			// What a module invokes goes before what the others do: b looks at the
			// configuration before any part of the host exists.
			fx.Module("onion", fx.Invoke(b.begin, b.haveTransport)),
			fx.Decorate(b.host),
			fx.ErrorHook(b),
		)}
		return nil
	}
}

// provide is what libp2p.Transport does to a configuration for the transport.
// There it would be replaced by libp2p.NoTransports, and shared with probing.
func provide(opts []tortransport.Option) (fx.Option, error) {
	var scratch config.Config
	args := make([]any, len(opts))
	for i, opt := range opts {
		args[i] = opt
	}
	if err := scratch.Apply(libp2p.Transport(tortransport.New, args...)); err != nil {
		return nil, fmt.Errorf("adding the Tor transport: %w", err)
	}
	return fx.Options(scratch.Transports...), nil
}

// fill sets what libp2p's defaults would otherwise fill in.
func fill(cfg *config.Config) {
	cfg.Transports = []fx.Option{}
	cfg.RelayCustom, cfg.Relay = true, false
	cfg.MultiaddrResolver = parts.Resolver{}
	cfg.DisableIdentifyAddressDiscovery = true
	if len(cfg.SecurityTransports) == 0 {
		cfg.SecurityTransports = []config.Security{{ID: noise.ID, Constructor: noise.New}}
	}
	if len(cfg.Muxers) == 0 {
		cfg.Muxers = parts.Muxers()
	}
	if cfg.DialTimeout == 0 {
		cfg.DialTimeout = tortransport.MaxDialTimeout // the transport has its own
	}
	if cfg.ResourceManager == nil {
		cfg.ResourceManager = placeholder{}
	}
}
