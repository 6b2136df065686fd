package preset_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	libp2pgater "github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/pnet"
	"github.com/libp2p/go-libp2p/core/routing"
	"github.com/libp2p/go-libp2p/p2p/host/autonat"
	"github.com/libp2p/go-libp2p/p2p/host/autorelay"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/connmgr"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
)

// verdict is what becomes of libp2p.New with the preset and one more option.
type verdict int

const (
	fine   verdict = iota // a host that leaks nothing
	leak                  // an error that matches ErrLeak and names the option
	failed                // an error of libp2p's own
)

// options has every option of libp2p, and what is to become of it before the
// preset and behind it.
var options = []struct {
	name          string // as libp2p calls it
	option        func(*testing.T) libp2p.Option
	before, after verdict
}{
	{"AddrsFactory", just(libp2p.AddrsFactory(func(a []ma.Multiaddr) []ma.Multiaddr { return a })), leak, leak},
	{"AutoNATServiceRateLimit", just(libp2p.AutoNATServiceRateLimit(1, 1, time.Minute)), fine, fine},
	{"BandwidthReporter", just(libp2p.BandwidthReporter(metrics.NewBandwidthCounter())), fine, fine},
	{"ChainOptions", just(libp2p.ChainOptions(libp2p.Ping(true), nil)), fine, fine},
	{"ChainOptions", just(libp2p.ChainOptions(libp2p.Ping(true), libp2p.EnableRelay())), leak, leak},
	{"ConnectionGater", just(libp2p.ConnectionGater(allowAll{})), fine, fine},
	{"ConnectionManager", func(t *testing.T) libp2p.Option {
		t.Helper()
		m, err := connmgr.NewConnManager(1, 2)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return libp2p.ConnectionManager(m)
	}, fine, fine},
	{"DefaultConnectionManager", just(libp2p.DefaultConnectionManager), fine, fine},
	{"DefaultEnableRelay", just(libp2p.DefaultEnableRelay), leak, leak},
	{"DefaultListenAddrs", just(libp2p.DefaultListenAddrs), leak, leak},
	{"DefaultMuxers", just(libp2p.DefaultMuxers), fine, fine},
	{"DefaultPeerstore", just(libp2p.DefaultPeerstore), fine, fine},
	{"DefaultPrivateTransports", just(libp2p.DefaultPrivateTransports), leak, leak},
	{"DefaultPrometheusRegisterer", just(libp2p.DefaultPrometheusRegisterer), fine, fine},
	{"DefaultResourceManager", just(libp2p.DefaultResourceManager), fine, failed},
	{"DefaultSecurity", just(libp2p.DefaultSecurity), leak, failed}, // TLS, and Noise twice
	{"DefaultTransports", just(libp2p.DefaultTransports), leak, leak},
	{"Defaults", just(libp2p.Defaults), leak, failed},                            // a second resource manager
	{"DialRanker", just(libp2p.DialRanker(swarm.NoDelayDialRanker)), fine, fine}, //nolint:staticcheck // it is deprecated, and there
	{"DisableIdentifyAddressDiscovery", just(libp2p.DisableIdentifyAddressDiscovery()), fine, fine},
	{"DisableMetrics", just(libp2p.DisableMetrics()), fine, fine},
	{"DisableRelay", just(libp2p.DisableRelay()), fine, fine},
	// libp2p looks at automatic relaying before anything else, and misses the relay.
	{"EnableAutoRelay", just(libp2p.EnableAutoRelay()), leak, failed}, //nolint:staticcheck // it is deprecated, and there
	{"EnableAutoRelayWithPeerSource", just(libp2p.EnableAutoRelayWithPeerSource(noRelays)), leak, failed},
	{"EnableAutoRelayWithStaticRelays", just(libp2p.EnableAutoRelayWithStaticRelays(nil)), leak, failed},
	{"EnableAutoNATv2", just(libp2p.EnableAutoNATv2()), leak, leak},
	{"EnableHolePunching", just(libp2p.EnableHolePunching()), leak, leak},
	{"EnableNATService", just(libp2p.EnableNATService()), leak, leak},
	{"EnableRelay", just(libp2p.EnableRelay()), leak, leak},
	{"EnableRelayService", just(libp2p.EnableRelayService()), leak, leak},
	{"FallbackDefaults", just(libp2p.FallbackDefaults), leak, fine}, // libp2p.New puts it behind all others anyway
	{"ForceReachabilityPrivate", just(libp2p.ForceReachabilityPrivate()), fine, fine},
	{"ForceReachabilityPublic", just(libp2p.ForceReachabilityPublic()), fine, fine},
	{"IPv6BlackHoleSuccessCounter", just(libp2p.IPv6BlackHoleSuccessCounter(nil)), fine, fine},
	{"Identity", func(t *testing.T) libp2p.Option {
		t.Helper()
		return libp2p.Identity(newIdentity(t))
	}, fine, fine},
	{"ListenAddrStrings", just(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0")), leak, leak},
	{"ListenAddrs", just(libp2p.ListenAddrs(ma.StringCast("/ip6/::/udp/0/quic-v1"))), leak, leak},
	{"MultiaddrResolver", just(libp2p.MultiaddrResolver(swarm.ResolverFromMaDNS{})), leak, leak},
	{"Muxer", just(libp2p.Muxer("/yamux/2.0.0", yamux.DefaultTransport)), fine, fine},
	{"NATManager", just(libp2p.NATManager(nil)), fine, fine},
	{"NATPortMap", just(libp2p.NATPortMap()), leak, leak},
	{"NoListenAddrs", just(libp2p.NoListenAddrs), fine, fine},
	{"NoSecurity", just(libp2p.NoSecurity), leak, failed}, // there is Noise
	{"NoTransports", just(libp2p.NoTransports), fine, fine},
	{"NonPublicAddrPublishing", just(libp2p.NonPublicAddrPublishing(true)), fine, fine},
	{"Peerstore", func(t *testing.T) libp2p.Option {
		t.Helper()
		ps, err := pstoremem.NewPeerstore()
		if err != nil {
			t.Fatal(err)
		}
		return libp2p.Peerstore(ps)
	}, fine, fine},
	{"Ping", just(libp2p.Ping(false)), fine, fine},
	{"PrivateNetwork", just(libp2p.PrivateNetwork(make(pnet.PSK, 32))), fine, fine},
	{"PrometheusRegisterer", just(libp2p.PrometheusRegisterer(prometheus.NewRegistry())), fine, fine},
	{"ProtocolVersion", just(libp2p.ProtocolVersion("chat/2.11")), leak, leak},
	{"QUICReuse", just(libp2p.QUICReuse(quicreuse.NewConnManager)), leak, leak},
	{"RandomIdentity", just(libp2p.RandomIdentity), fine, fine},
	{"ResourceManager", func(t *testing.T) libp2p.Option {
		t.Helper()
		m, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(rcmgr.InfiniteLimits))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		return libp2p.ResourceManager(m)
	}, fine, failed},
	{"Routing", just(libp2p.Routing(func(host.Host) (routing.PeerRouting, error) { return noRouting{}, nil })), fine, fine},
	{"Security", just(libp2p.Security(libp2ptls.ID, libp2ptls.New)), leak, leak},
	{"Security", just(libp2p.Security(noise.ID, noise.New)), fine, failed}, // twice
	{"ShareTCPListener", just(libp2p.ShareTCPListener()), leak, leak},
	{"SwarmOpts", just(libp2p.SwarmOpts(swarm.WithReadOnlyBlackHoleDetector())), leak, leak},
	{"Transport", just(libp2p.Transport(tcp.NewTCPTransport)), leak, leak},
	{"UDPBlackHoleSuccessCounter", just(libp2p.UDPBlackHoleSuccessCounter(nil)), fine, fine},
	{"UserAgent", just(libp2p.UserAgent("chat/2.11")), leak, leak},
	{"WithDialTimeout", just(libp2p.WithDialTimeout(time.Second)), fine, fine},
	{"WithFxOption", just(libp2p.WithFxOption(fx.Module("early", fx.Invoke(func(host.Host) {})))), leak, leak},
}

func just(opt libp2p.Option) func(*testing.T) libp2p.Option {
	return func(*testing.T) libp2p.Option { return opt }
}

var noRelays autorelay.PeerSource

// allowAll is a gater.
type allowAll struct{}

var _ libp2pgater.ConnectionGater = allowAll{}

func (allowAll) InterceptPeerDial(peer.ID) bool { return true }

func (allowAll) InterceptAddrDial(peer.ID, ma.Multiaddr) bool { return true }

func (allowAll) InterceptAccept(network.ConnMultiaddrs) bool { return true }

func (allowAll) InterceptSecured(network.Direction, peer.ID, network.ConnMultiaddrs) bool {
	return true
}

func (allowAll) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }

type noRouting struct{ routing.PeerRouting }

// TestOptions makes a host with each of libp2p's options, before the preset and
// behind it.
func TestOptions(t *testing.T) {
	d := fakeTor(t)
	for _, o := range options {
		for _, order := range []struct {
			name string
			want verdict
		}{{"before", o.before}, {"after", o.after}} {
			t.Run(o.name+"/"+order.name, func(t *testing.T) {
				key, addr := newKey(t)
				opts := []libp2p.Option{
					libp2p.ListenAddrs(addr),
					preset.Onion(tortransport.WithDaemon(d), tortransport.WithOnionKey(key)),
				}
				if order.name == "before" {
					opts = append([]libp2p.Option{o.option(t)}, opts...)
				} else {
					opts = append(opts, o.option(t))
				}
				running := goleak.IgnoreCurrent()
				var cfg *libp2p.Config
				opts = append([]libp2p.Option{func(c *libp2p.Config) error { cfg = c; return nil }}, opts...)
				h, err := libp2p.New(opts...)
				switch {
				case err == nil:
					defer h.Close()
				case order.want == failed || order.name == "before":
					discard(cfg)
				default:
					goleak.VerifyNone(t, running)
				}
				if (err == nil) != (order.want == fine) || errors.Is(err, preset.ErrLeak) != (order.want == leak) {
					t.Fatalf("got %v", err)
				}
				switch order.want {
				case fine:
					wantQuiet(t, h, addr)
				case leak:
					if !namesOption(err, o.name) {
						t.Errorf("%q does not name the option", err)
					}
				}
			})
		}
	}
}

// discard closes what libp2p leaves behind when an option fails, or the parts of a
// host do not fit. When the preset has refused the whole of it, nothing is left.
func discard(cfg *libp2p.Config) {
	if cfg.ResourceManager != nil {
		cfg.ResourceManager.Close()
	}
	if cfg.ConnManager != nil {
		cfg.ConnManager.Close()
	}
	if cfg.Peerstore != nil {
		cfg.Peerstore.Close()
	}
}

// namesOption reports whether an error names an option of libp2p, or what it is
// short for.
func namesOption(err error, name string) bool {
	for _, alias := range map[string][]string{
		"ChainOptions":             {"EnableRelay"},
		"DefaultEnableRelay":       {"EnableRelay"},
		"DefaultListenAddrs":       {"ListenAddrs"},
		"DefaultPrivateTransports": {"Transport"},
		"DefaultTransports":        {"Transport"},
		"Defaults":                 {"Transport"},
		"FallbackDefaults":         {"Transport"},
	}[name] {
		name = alias
	}
	return strings.Contains(err.Error(), "libp2p."+name) || strings.Contains(err.Error(), " "+name)
}

// wantQuiet checks what a host is made of: nothing but Tor to dial with, nothing
// but an onion address to tell, nothing but the plainest protocols to answer.
func wantQuiet(t *testing.T, h host.Host, addr ma.Multiaddr) {
	t.Helper()
	for _, addrs := range [][]ma.Multiaddr{h.Addrs(), h.Network().ListenAddresses(), h.Peerstore().Addrs(h.ID())} {
		for _, a := range addrs {
			if !a.Equal(addr) {
				t.Errorf("the host has an address of %s", a.Protocols()[0].Name)
			}
		}
	}
	for _, p := range h.Mux().Protocols() {
		if p != identify.ID && p != identify.IDPush && p != ping.ID {
			t.Errorf("the host speaks %s", p)
		}
	}
	if h, ok := h.(interface{ GetAutoNat() autonat.AutoNAT }); !ok {
		t.Error("the host does not say how it finds out whether it is reachable")
	} else if nat, ok := h.GetAutoNat().(*autonat.StaticAutoNAT); !ok {
		t.Errorf("the host finds out by %T whether it is reachable", nat)
	}
	relay := "/p2p/" + h.ID().String() + "/p2p-circuit"
	for _, a := range []string{
		"/ip4/192.0.2.1/tcp/1", "/ip6/2001:db8::1/tcp/1/ws", "/ip4/192.0.2.1/tcp/1/tls/ws", "/ip4/192.0.2.1/udp/1/quic-v1",
		"/ip4/192.0.2.1/udp/1/quic-v1/webtransport", "/ip4/192.0.2.1/udp/1/webrtc-direct", "/dns4/example.org/tcp/1",
		"/ip4/192.0.2.1/tcp/1" + relay, addr.String() + relay,
	} {
		if h.Network().CanDial(peer.ID("somebody"), ma.StringCast(a)) {
			t.Errorf("the host dials %s", a)
		}
	}
}
