package node

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/wire"
)

// maxEvents is how many events wait for Next before the other side is made to
// wait.
const maxEvents = 256

// Event is what happens in a conversation: Connected, Disconnected,
// Unreachable, Received or Delivered.
type Event interface{ event() }

type (
	// Connected says that the contact is there and has proven who it is. It comes
	// again, without Disconnected, only to change KnowsUs.
	Connected struct {
		// KnowsUs is whether the other side says that we are a contact of theirs.
		// Nothing proves that.
		KnowsUs bool
	}
	// Disconnected says that the connection is lost, and why.
	Disconnected struct{ Err error }
	// Unreachable says that connecting failed, why, and how long it will be until
	// the next try. Retry is 0 if there will be none, because no other try would
	// mend it: Err matches ErrWrongPeer or ErrNotProven then. The contact can
	// still connect to us, and Node.Conversation has the node try again.
	Unreachable struct {
		Err   error
		Retry time.Duration
	}
	// Received is a message from the contact. It comes once.
	Received struct {
		ID   wire.MessageID
		Text string
	}
	// Delivered says that the contact's program has taken a message. It comes
	// once.
	Delivered struct{ ID wire.MessageID }
)

func (Connected) event()    {}
func (Disconnected) event() {}
func (Unreachable) event()  {}
func (Received) event()     {}
func (Delivered) event()    {}

// Conversation is what is said with one contact. It outlives connections:
// messages that were not confirmed are sent again on the next one. All methods
// may be called concurrently.
type Conversation struct {
	node *Node
	peer peer.ID
	key  ed25519.PublicKey

	ctx    context.Context
	cancel context.CancelFunc
	known  bool // guarded by node.mu: Conversation was called for the contact

	mu      sync.Mutex
	at      ma.Multiaddr // where the contact is, if the node is to connect to it
	dialler bool         // keepConnected runs
	engine  engine.Conversation
	link    *link // the connection that is up
	events  []Event
	changed chan struct{} // closed and replaced whenever anything here changes
	// What is under way is known by how it is cancelled.
	outbound, inbound *handshaking
}

func newConversation(n *Node, id peer.ID, key ed25519.PublicKey) *Conversation {
	c := &Conversation{node: n, peer: id, key: key, changed: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(n.ctx)
	return c
}

// Peer is the peer ID of the contact.
func (c *Conversation) Peer() peer.ID { return c.peer }

// Send puts a message into the outbox, from where it goes out as soon as there
// is a connection. Delivered tells its arrival. It fails with ErrClosed or the
// errors of engine.Conversation.Send.
func (c *Conversation) Send(text string) (wire.MessageID, error) {
	var id wire.MessageID
	rand.Read(id[:]) // never fails since Go 1.24
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return wire.MessageID{}, ErrClosed
	}
	if err := c.engine.Send(wire.Message{ID: id, Text: text}); err != nil {
		return wire.MessageID{}, err
	}
	c.wake()
	return id, nil
}

// Undelivered is how many messages the contact has not confirmed.
func (c *Conversation) Undelivered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.engine.Undelivered()
}

// Next waits for the next event. A message counts as delivered when Next has
// returned it, and is confirmed then. Whoever does not call Next makes the
// contact wait. It fails with ErrClosed or the context's error.
func (c *Conversation) Next(ctx context.Context) (Event, error) {
	var e Event
	err := c.wait(ctx, func() bool {
		if len(c.events) == 0 {
			return false
		}
		e = c.events[0]
		c.events = c.events[1:]
		if r, ok := e.(Received); ok {
			c.engine.Taken(r.ID)
		}
		c.wake() // there is room again, and maybe something to confirm
		return true
	})
	return e, err
}

// Close ends the conversation and its connection. What was not delivered is
// lost. The contact can begin a new one, if Config.Admit lets them.
func (c *Conversation) Close() {
	c.node.mu.Lock()
	defer c.node.mu.Unlock()
	if c.node.conversations[c.peer] == c {
		delete(c.node.conversations, c.peer)
	}
	c.end() // under the lock, or adopt could take it for a living one
}

// end makes every task of the conversation stop.
func (c *Conversation) end() { c.cancel() }

// wait returns when ready, which is called under the lock, says so. It fails
// with ErrClosed or the context's error.
func (c *Conversation) wait(ctx context.Context, ready func() bool) error {
	for {
		// First, or a task whose condition stays true would never end.
		if c.ctx.Err() != nil {
			return ErrClosed
		}
		c.mu.Lock()
		ok, changed := ready(), c.changed
		c.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-c.ctx.Done():
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wake tells everybody who waits that something has changed. c.mu is held.
func (c *Conversation) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// emit queues an event. c.mu is held.
func (c *Conversation) emit(e Event) {
	c.events = append(c.events, e)
	c.wake()
}

// settle queues what the engine has to tell. c.mu is held.
func (c *Conversation) settle() {
	for _, e := range c.engine.Events() {
		switch e := e.(type) {
		case engine.Received:
			c.emit(Received{e.Message.ID, e.Message.Text})
		case engine.Delivered:
			c.emit(Delivered{e.ID})
		}
	}
}

// room reports whether there is room for events. c.mu is held.
func (c *Conversation) room() bool { return len(c.events) < maxEvents }
