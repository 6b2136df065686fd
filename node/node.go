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
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/contactlink"
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
	// maxBegun is how many conversations that others have begun wait for Accept.
	maxBegun = 16
)

var (
	// ErrClosed means that the node or the conversation was closed.
	ErrClosed = errors.New("node closed")
	// ErrWrongPeer means that somebody else than expected answers at an address.
	ErrWrongPeer = onionhost.ErrWrongPeer
	// ErrNotProven means that the other side could not prove in the end-to-end
	// handshake who it is.
	ErrNotProven = errors.New("the other side could not prove who it is")
	// ErrVersion means that the other side speaks another version of the protocol,
	// or runs another program.
	ErrVersion = errors.New("the other side speaks another version of the protocol")
	// ErrDowngrade means that both sides speak a better version of the protocol
	// than the one in use, and somebody in between has kept them from it.
	ErrDowngrade = errors.New("somebody has kept both sides from a better version of the protocol")
	// ErrTurnedAway means that the other side is there and does not talk to us. It
	// does not say why: it may be talking to somebody else, or not know us.
	ErrTurnedAway = errors.New("the other side is there, and does not take the call")
	// ErrSelf means that a contact link is the profile's own.
	ErrSelf = errors.New("this is the profile's own contact link")
)

// Config describes a node.
type Config struct {
	// Profile is who this node is; required. The node does not close it.
	Profile *Profile
	// Daemon is the Tor daemon; required. The node does not close it.
	Daemon *tor.Daemon
	// Admit decides who may begin a conversation from their side; Node.Accept
	// then gives that conversation. It is called with the authenticated peer ID,
	// maybe from several goroutines at once, and should answer without waiting
	// for anything. Nil admits only those for whom Conversation was called.
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

	begun chan *Conversation // for Accept

	mu            sync.Mutex
	closed        bool
	strangers     strangers
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
		begun:         make(chan *Conversation, maxBegun),
		conversations: make(map[peer.ID]*Conversation),
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	h.SetStreamHandler(wire.ProtocolID, n.onStream)
	return n, nil
}

// Address is what contacts need to reach this node.
func (n *Node) Address() Address { return n.address }

// Status yields how the node's onion service is doing, now and after every change,
// until it is gone or ctx is done.
func (n *Node) Status(ctx context.Context) (iter.Seq[tor.ServiceStatus], error) {
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return nil, tortransport.ErrNotListening
	}
	return t.Status(ctx, n.host.Network().ListenAddresses()[0])
}

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
// is lost, until the conversation is closed or a try has failed for good (see
// Unreachable). Another address than before takes the place of that one: the
// node connects there from now on, and keeps a connection that it has. It fails
// with ErrSelf, ErrClosed, or if the address is malformed.
func (n *Node) Conversation(contact Address) (*Conversation, error) {
	if contact.Peer == n.address.Peer {
		return nil, ErrSelf
	}
	if err := contact.Check(); err != nil {
		return nil, err
	}
	m, err := contact.Onion.Multiaddr(contact.Port)
	if err != nil {
		return nil, err
	}
	key, err := contactlink.IdentityKey(contact.Peer)
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
	c.known = true
	c.connectTo(m)
	return c, nil
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
	n.tasks.Wait() // they say farewell, over connections that are still there
	return n.host.Close()
}
