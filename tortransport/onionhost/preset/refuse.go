package preset

import (
	"errors"
	"fmt"
	"slices"

	"github.com/libp2p/go-libp2p/config"
	"github.com/libp2p/go-libp2p/p2p/security/noise"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// refuse returns an error for every option in a configuration that would leak.
// fxOptions is how many of libp2p.WithFxOption are the preset's own.
func refuse(cfg *config.Config, fxOptions int) error {
	var errs []error
	for _, r := range []struct {
		given       bool
		option, why string
	}{
		{len(cfg.Transports) > 0, "libp2p.Transport", "every transport but Tor shows where the host is"},
		{cfg.QUICReuse != nil, "libp2p.QUICReuse", "QUIC does not go through Tor"},
		{cfg.ShareTCPListener, "libp2p.ShareTCPListener", "only onion addresses are listened on"},
		{cfg.Insecure, "libp2p.NoSecurity", "anybody could pass for any peer"},
		{
			slices.ContainsFunc(cfg.SecurityTransports, func(s config.Security) bool { return s.ID != noise.ID }),
			"libp2p.Security or DefaultSecurity", "only Noise tells nothing about how the program was built",
		},
		{cfg.Relay, "libp2p.EnableRelay", "a relay shows who talks to whom"},
		{cfg.EnableRelayService, "libp2p.EnableRelayService", "a relay connects wherever others want"},
		{
			cfg.EnableAutoRelay, "libp2p.EnableAutoRelay, EnableAutoRelayWithStaticRelays or EnableAutoRelayWithPeerSource",
			"addresses of relays would be advertised",
		},
		{cfg.EnableHolePunching, "libp2p.EnableHolePunching", "it connects to IP addresses, and tells the host's own"},
		{cfg.NATManager != nil, "libp2p.NATManager or NATPortMap", "it talks to the router"},
		{cfg.EnableService, "libp2p.EnableNATService", "it dials wherever others want"},
		{cfg.EnableAutoNATv2, "libp2p.EnableAutoNATv2", "it has others dial the host's addresses"},
		{cfg.UserAgent != "", "libp2p.UserAgent", "it tells programs and their versions apart"},
		{cfg.ProtocolVersion != "", "libp2p.ProtocolVersion", "it tells programs and their versions apart"},
		{cfg.AddrsFactory != nil, "libp2p.AddrsFactory", "it could advertise anything"},
		{
			cfg.MultiaddrResolver != nil && cfg.MultiaddrResolver != parts.Resolver{},
			"libp2p.MultiaddrResolver", "who is looked up is going to be talked to",
		},
		{len(cfg.SwarmOpts) > 0, "libp2p.SwarmOpts", "nobody can tell what is in it"},
		{len(cfg.UserFxOptions) > fxOptions, "libp2p.WithFxOption", "nobody can tell what is in it, unless it is this preset a second time"},
	} {
		if r.given {
			errs = append(errs, leak(r.option, r.why))
		}
	}
	for _, addr := range cfg.ListenAddrs {
		if !parts.IsOnion(addr) {
			errs = append(errs, leak("libp2p.ListenAddrs or ListenAddrStrings", "only onion addresses are listened on"))
			break
		}
	}
	return errors.Join(errs...)
}

func leak(option, why string) error { return fmt.Errorf("%w: %s: %s", ErrLeak, option, why) }
