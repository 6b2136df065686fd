package node

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
)

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
// has taken it, and can end before in favour of others.
func (n *Node) admit(id peer.ID) (*Conversation, error) {
	if n.cfg.Admit == nil || !n.cfg.Admit(id) {
		return nil, errors.New("nobody of ours")
	}
	key, err := contactlink.IdentityKey(id)
	if err != nil {
		return nil, err
	}
	c := newConversation(n, id, key)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.strangers.add(c)
	return c, nil
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
		n.strangers.remove(c)
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
	c, err := n.admit(id)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.acceptStream(s)
	if err != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.strangers.remove(c) // it was not adopted
		c.end()
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
	return n.conversations[id] != nil && n.conversations[id].known
}
