package onionhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/host/pstoremanager"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/multiformats/go-multistream"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// bareHost is a host over a network: it finds handlers for streams, identifies peers, and
// says where it listens. That is what libp2p's basic host does when all else is switched
// off. In that one port mapping, hole punching, relaying and probing are part of the
// program even so, with a table of who owns which network on the Internet: more than two
// megabytes of what must never run on Tor.
//
// All methods may be called concurrently.
type bareHost struct {
	network   network.Network
	bus       event.Bus
	mux       *multistream.MultistreamMuxer[protocol.ID]
	ids       identify.IDService
	peers     *pstoremanager.PeerstoreManager // forgets those who are gone
	addresses *addresses
	protocols event.Emitter
	close     func() error
}

var _ host.Host = (*bareHost)(nil)

// newBareHost makes a host that owns the network, its peerstore and its resource manager
// if there is no error. Start is to be called before it is used.
func newBareHost(net network.Network, bus event.Bus, pings bool) (*bareHost, error) {
	h := &bareHost{network: net, bus: bus, mux: multistream.NewMultistreamMuxer[protocol.ID]()}
	h.close = sync.OnceValue(h.shut)
	var err error
	if h.peers, err = pstoremanager.NewPeerstoreManager(net.Peerstore(), bus, net); err != nil {
		return nil, err
	}
	if h.protocols, err = bus.Emitter(new(event.EvtLocalProtocolsUpdated), eventbus.Stateful); err != nil {
		return nil, err
	}
	if h.addresses, err = newAddresses(net, bus); err != nil {
		return nil, err
	}
	h.ids, err = identify.NewIDService(h, identify.UserAgent(parts.UserAgent), identify.ProtocolVersion(""))
	if err != nil {
		return nil, err
	}
	if pings {
		ping.NewPingService(h)
	}
	net.SetStreamHandler(h.serve)
	return h, nil
}

// Start begins to identify peers, and to tell them where the host listens.
func (h *bareHost) Start() error {
	h.peers.Start()
	h.network.Notify(h.addresses.notifiee())
	if err := h.addresses.update(); err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	h.ids.Start()
	return nil
}

// Close ends the host, its connections, and all that it owns.
func (h *bareHost) Close() error { return h.close() }

func (h *bareHost) shut() error {
	limits := h.network.ResourceManager()
	err := errors.Join(h.ids.Close(), h.protocols.Close(), h.network.Close(), h.addresses.close(), h.peers.Close(), h.Peerstore().Close())
	return errors.Join(err, limits.Close())
}

// ID is described at host.Host, as are the other methods.
func (h *bareHost) ID() peer.ID { return h.network.LocalPeer() }

// Peerstore is that of the network.
func (h *bareHost) Peerstore() peerstore.Peerstore { return h.network.Peerstore() }

// Addrs are the onion addresses that are listened on.
func (h *bareHost) Addrs() []ma.Multiaddr { return h.addresses.now() }

// Network is what the host is made over.
func (h *bareHost) Network() network.Network { return h.network }

// Mux has the handlers of streams.
func (h *bareHost) Mux() protocol.Switch { return h.mux }

// ConnManager closes no connections.
func (h *bareHost) ConnManager() connmgr.ConnManager { return connmgr.NullConnMgr{} }

// EventBus carries libp2p's events.
func (h *bareHost) EventBus() event.Bus { return h.bus }

// IDService identifies peers. libp2p's services ask a host for it, if it has one.
func (h *bareHost) IDService() identify.IDService { return h.ids }

// Connect returns when there is a connection and the peer is identified, or has failed
// to identify itself.
func (h *bareHost) Connect(ctx context.Context, to peer.AddrInfo) error {
	h.Peerstore().AddAddrs(to.ID, to.Addrs, peerstore.TempAddrTTL)
	if h.network.Connectedness(to.ID) == network.Connected {
		return nil
	}
	c, err := h.network.DialPeer(ctx, to.ID)
	if err != nil {
		return fmt.Errorf("failed to dial: %w", err)
	}
	return h.identified(ctx, c)
}

// identified waits until the peer of a connection is identified, which need not succeed.
func (h *bareHost) identified(ctx context.Context, c network.Conn) error {
	select {
	case <-h.ids.IdentifyWait(c):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("identify failed to complete: %w", ctx.Err())
	}
}

// SetStreamHandler takes streams of a protocol.
func (h *bareHost) SetStreamHandler(id protocol.ID, take network.StreamHandler) {
	h.mux.AddHandler(id, handling(take))
	_ = h.protocols.Emit(event.EvtLocalProtocolsUpdated{Added: []protocol.ID{id}}) // fails when the host is closed
}

// SetStreamHandlerMatch takes streams of the protocols that match.
func (h *bareHost) SetStreamHandlerMatch(id protocol.ID, match func(protocol.ID) bool, take network.StreamHandler) {
	h.mux.AddHandlerWithFunc(id, match, handling(take))
	_ = h.protocols.Emit(event.EvtLocalProtocolsUpdated{Added: []protocol.ID{id}})
}

// RemoveStreamHandler takes no more streams of a protocol.
func (h *bareHost) RemoveStreamHandler(id protocol.ID) {
	h.mux.RemoveHandler(id)
	_ = h.protocols.Emit(event.EvtLocalProtocolsUpdated{Removed: []protocol.ID{id}})
}

func handling(take network.StreamHandler) multistream.HandlerFunc[protocol.ID] {
	return func(_ protocol.ID, s io.ReadWriteCloser) error {
		take(s.(network.Stream))
		return nil
	}
}
