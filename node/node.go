// Package node is a chat node: it publishes a profile's onion service, connects
// to contacts and is connected to by them, and keeps a conversation with each
// that survives the loss of connections.
//
// Create or open a [Profile], start a Tor daemon, and [Open] a Node with both.
// [Node.Conversation] begins a conversation with a contact, [Node.Accept] gives
// those that begin from the other side, if [Config].Admit lets them in;
// [Conversation.Send] and [Conversation.Next] are the two ends of it.
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
	// maxStrangers bounds the handshakes that are under way with those who have
	// no conversation. Who comes beyond it is turned away and dials again later.
	maxStrangers = 32
	// maxBegun is how many conversations that others have begun wait for Accept.
	maxBegun = 16
)

var (
	// ErrClosed means that the node or the conversation was closed.
	ErrClosed = errors.New("node closed")
	// ErrWrongPeer means that somebody else than expected answers at an address.
	ErrWrongPeer = onionhost.ErrWrongPeer
	// ErrSelf means that an address is the profile's own.
	ErrSelf = errors.New("this is the profile's own address")
)

// Config describes a node.
type Config struct {
	// Profile is who this node is; required. The node does not close it.
	Profile *Profile
	// Daemon is the Tor daemon; required. The node does not close it.
	Daemon *tor.Daemon
	// Admit decides who may begin a conversation from their side; Node.Accept
	// then gives that conversation. It is called with the authenticated peer ID,
	// maybe from several goroutines at once. Nil admits only those for whom
	// Conversation was called.
	Admit func(peer.ID) bool
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

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	strangers chan struct{}      // one token per handshake
	begun     chan *Conversation // for Accept

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
		strangers:     make(chan struct{}, maxStrangers),
		begun:         make(chan *Conversation, maxBegun),
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
	if n.ctx.Err() != nil {
		return ErrClosed
	}
	if err := n.cfg.Daemon.Err(); err != nil {
		return err
	}
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
	key, err := identityKey(contact.Peer)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, ErrClosed
	}
	c := n.conversations[contact.Peer]
	if c == nil {
		c = newConversation(n, contact.Peer, key)
		n.conversations[contact.Peer] = c
	}
	if !c.dials {
		c.dials = true
		n.tasks.Go(func() { c.keepConnected(peer.AddrInfo{ID: contact.Peer, Addrs: []ma.Multiaddr{m}}) })
	}
	return c, nil
}

// Accept waits for a conversation that somebody else begins. That one has been
// admitted and has proven who it is. It fails with ErrClosed or the context's
// error.
func (n *Node) Accept(ctx context.Context) (*Conversation, error) {
	select {
	case c := <-n.begun:
		return c, nil
	case <-n.ctx.Done():
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// admit returns a new conversation with a stranger, which counts only once adopt
// has taken it.
func (n *Node) admit(id peer.ID) (*Conversation, error) {
	if n.cfg.Admit == nil || !n.cfg.Admit(id) {
		return nil, errors.New("nobody of ours")
	}
	key, err := identityKey(id)
	if err != nil {
		return nil, err
	}
	return newConversation(n, id, key), nil
}

// adopt makes c, whose other side has proven who it is, a conversation of the
// node. It refuses a new one if there is one by now, or if nobody takes those
// that have begun.
func (n *Node) adopt(c *Conversation) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closed, c.ctx.Err() != nil:
		return ErrClosed
	case n.conversations[c.peer] == c:
		return nil
	case n.conversations[c.peer] != nil:
		return errYield
	}
	select {
	case n.begun <- c:
		n.conversations[c.peer] = c
		return nil
	default:
		return errors.New("nobody accepts the conversations that others begin")
	}
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
	c, l, err := n.answer(s)
	if err != nil {
		n.log.Debug("inbound stream refused", "peer", s.Conn().RemotePeer().ShortString(), "error", err)
		_ = s.Reset()
		return
	}
	c.run(l)
}

// answer lets the other side of an inbound stream prove who it is.
func (n *Node) answer(s network.Stream) (*Conversation, *link, error) {
	id := s.Conn().RemotePeer()
	n.mu.Lock()
	c, closed := n.conversations[id], n.closed
	n.mu.Unlock()
	if closed {
		return nil, nil, ErrClosed
	}
	if c != nil {
		// Each has one handshake under way at most: no number of strangers keeps
		// those out whom we know.
		l, err := c.acceptStream(s)
		return c, l, err
	}
	select {
	case n.strangers <- struct{}{}:
		defer func() { <-n.strangers }()
	default:
		return nil, nil, errors.New("too many handshakes with strangers at once")
	}
	c, err := n.admit(id)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.acceptStream(s)
	if err != nil {
		c.end() // it was not adopted
	}
	return c, l, err
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
