// Package node is a chat node: it publishes a profile's onion service, connects
// to contacts and is connected to by them, and keeps a conversation with each
// that survives the loss of connections.
//
// Create or open a [Profile], start a Tor daemon, and [Open] a Node with both.
// [Node.Conversation] gives the conversation with a contact, or those that begin
// from the other side come through [Config].Accept; [Conversation.Send] and
// [Conversation.Next] are the two ends of it.
//
// The layers below are packages of their own: engine decides what is sent and
// what is delivered, e2ee encrypts, wire encodes. This package owns the
// goroutines, the streams and the clock.
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// handshakeTimeout bounds the end-to-end handshake: a round trip and a half
	// on a stream that is being opened.
	handshakeTimeout = time.Minute
	// maxInbound bounds the inbound streams whose handshake is under way. Who
	// comes beyond it is turned away and dials again later.
	maxInbound = 32
)

var (
	// ErrClosed means that the node or the conversation was closed.
	ErrClosed = errors.New("node closed")
	// ErrWrongPeer means that somebody else than expected answers at an address.
	ErrWrongPeer = errors.New("another identity answers at this address")
	// ErrSelf means that an address is the profile's own.
	ErrSelf = errors.New("this is the profile's own address")
)

// Config describes a node.
type Config struct {
	// Profile is who this node is; required. The node does not close it.
	Profile *Profile
	// Daemon is the Tor daemon; required. The node does not close it.
	Daemon *tor.Daemon
	// Accept decides who may begin a conversation from their side. It is called
	// with the authenticated peer ID, maybe from several goroutines at once. Nil
	// lets in only those to whom Conversation was called.
	Accept func(peer.ID) bool
	// Knows says whether a peer is a contact, which is told to that peer. Nil
	// means that the peers with a conversation are.
	Knows func(peer.ID) bool
	// Log gets what happens; nil discards it.
	Log *slog.Logger
}

// Node is a running chat node. All methods may be called concurrently.
type Node struct {
	cfg      Config
	log      *slog.Logger
	address  Address
	identity *e2ee.Identity
	host     host.Host

	ctx     context.Context
	cancel  context.CancelFunc
	tasks   sync.WaitGroup
	inbound chan struct{} // one token per inbound handshake

	mu            sync.Mutex
	closed        bool
	conversations map[peer.ID]*Conversation
}

// Open starts a node. It listens at once and does not wait for Tor: see Ready.
func Open(cfg Config) (*Node, error) {
	if cfg.Profile == nil || cfg.Daemon == nil {
		return nil, errors.New("a node needs a profile and a Tor daemon")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	address, err := cfg.Profile.Address()
	if err != nil {
		return nil, err
	}
	identity, err := e2ee.NewIdentity(cfg.Profile.identity)
	if err != nil {
		return nil, err
	}
	key, err := cfg.Profile.hostKey()
	if err != nil {
		return nil, err
	}
	laddr, err := address.Onion.Multiaddr(address.Port)
	if err != nil {
		return nil, err
	}
	h, err := onionhost.New(onionhost.Config{
		Key:         key,
		ListenAddrs: []ma.Multiaddr{laddr},
		Ping:        true,
		Transport: []tortransport.Option{
			tortransport.WithDaemon(cfg.Daemon),
			tortransport.WithOnionKey(cfg.Profile.onion),
			tortransport.WithLogger(cfg.Log),
		},
	})
	if err != nil {
		return nil, err
	}
	n := &Node{
		cfg:           cfg,
		log:           cfg.Log,
		address:       address,
		identity:      identity,
		host:          h,
		inbound:       make(chan struct{}, maxInbound),
		conversations: make(map[peer.ID]*Conversation),
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	h.SetStreamHandler(wire.ProtocolID, n.onStream)
	return n, nil
}

// Address is what contacts need to reach this node.
func (n *Node) Address() Address { return n.address }

// Ready waits until contacts can reach the node. It returns why its onion
// service is gone, or an error that matches the context's.
func (n *Node) Ready(ctx context.Context) error {
	return tortransport.Ready(ctx, n.host.Network())
}

// Conversation returns the conversation with a contact, and begins it if there
// is none: the node then connects to the contact, again whenever the connection
// is lost, until the conversation is closed.
func (n *Node) Conversation(contact Address) (*Conversation, error) {
	if contact.Peer == n.address.Peer {
		return nil, ErrSelf
	}
	m, err := contact.Onion.Multiaddr(contact.Port)
	if err != nil {
		return nil, err
	}
	c, err := n.conversation(contact.Peer)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, ErrClosed
	}
	if !c.dials {
		c.dials = true
		n.tasks.Go(func() { c.keepConnected(peer.AddrInfo{ID: contact.Peer, Addrs: []ma.Multiaddr{m}}) })
	}
	return c, nil
}

// conversation returns the conversation with a peer, beginning it if needed.
func (n *Node) conversation(id peer.ID) (*Conversation, error) {
	key, err := identityKey(id)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, ErrClosed
	}
	c := n.conversations[id]
	if c == nil {
		c = newConversation(n, id, key)
		n.conversations[id] = c
	}
	return c, nil
}

// admit returns the conversation that an inbound stream belongs to.
func (n *Node) admit(id peer.ID) (*Conversation, error) {
	n.mu.Lock()
	c, closed := n.conversations[id], n.closed
	n.mu.Unlock()
	switch {
	case closed:
		return nil, ErrClosed
	case c != nil:
		return c, nil
	case n.cfg.Accept == nil || !n.cfg.Accept(id):
		return nil, errors.New("nobody of ours")
	}
	return n.conversation(id)
}

// onStream is called by libp2p on a goroutine of its own for every stream that
// a peer opens. Whatever goes wrong, the other side sees its stream reset and
// learns nothing more.
func (n *Node) onStream(s network.Stream) {
	if !n.enter() {
		_ = s.Reset()
		return
	}
	defer n.tasks.Done()
	id := s.Conn().RemotePeer()
	select {
	case n.inbound <- struct{}{}:
	default:
		n.log.Debug("too many handshakes at once; stream refused", "peer", id.ShortString())
		_ = s.Reset()
		return
	}
	c, err := n.admit(id)
	var l *link
	if err == nil {
		l, err = c.acceptStream(s)
	}
	<-n.inbound
	if err != nil {
		n.log.Debug("inbound stream refused", "peer", id.ShortString(), "error", err)
		_ = s.Reset()
		return
	}
	c.run(l)
}

// enter counts a task that libp2p started, unless the node is closing.
func (n *Node) enter() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return false
	}
	n.tasks.Add(1)
	return true
}

func (n *Node) knows(id peer.ID) bool {
	if n.cfg.Knows != nil {
		return n.cfg.Knows(id)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.conversations[id] != nil && n.conversations[id].dials
}

// Ping measures a round trip to a contact with libp2p's ping protocol, on the
// connection that is there or on a new one.
func (n *Node) Ping(ctx context.Context, contact Address) (time.Duration, error) {
	m, err := contact.Onion.Multiaddr(contact.Port)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := n.connect(ctx, peer.AddrInfo{ID: contact.Peer, Addrs: []ma.Multiaddr{m}}); err != nil {
		return 0, err
	}
	select {
	case r, ok := <-ping.Ping(ctx, n.host, contact.Peer):
		if !ok {
			return 0, fmt.Errorf("ping: %w", ctx.Err())
		}
		return r.RTT, r.Error
	case <-ctx.Done():
		return 0, fmt.Errorf("ping: %w", ctx.Err())
	}
}

// connect dials a peer now, however lately a dial to it has failed.
func (n *Node) connect(ctx context.Context, to peer.AddrInfo) error {
	if s, ok := n.host.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(to.ID)
	}
	ctx = network.WithDialPeerTimeout(ctx, tortransport.DialTimeout)
	err := n.host.Connect(ctx, to)
	if mismatch := (sec.ErrPeerIDMismatch{}); errors.As(err, &mismatch) {
		return fmt.Errorf("%w: %s instead of %s", ErrWrongPeer, mismatch.Actual.ShortString(), mismatch.Expected.ShortString())
	}
	return err
}

// Close ends the conversations and the node, and waits until nothing of it is
// left. What was not delivered is lost with it.
func (n *Node) Close() error {
	n.mu.Lock()
	n.closed = true
	conversations := n.conversations
	n.conversations = nil
	n.mu.Unlock()
	for _, c := range conversations {
		c.end()
	}
	n.cancel()
	err := n.host.Close()
	n.tasks.Wait()
	return err
}
