package node

import (
	"time"

	"github.com/onionwire/onionwire/node/engine"
)

// SetLinks has a node have links with fewer contacts than others do.
func (c *Config) SetLinks(most int) { c.links = most }

// SetClock gives the engine of a node another clock.
func (c *Config) SetClock(clock func() time.Time) { c.clock = clock }

// Impatience are limits of time that are shorter than usual; 0 is as usual.
type Impatience struct{ Quiet, Answer, Late, Handshake, Unused time.Duration }

// Hurry makes a node less patient.
func (c *Config) Hurry(i Impatience) {
	c.patience = patience{quiet: i.Quiet, answer: i.Answer, late: i.Late, handshake: i.Handshake, unused: i.Unused}
}

// Hold keeps the loop of a node busy until the function is called that it returns:
// what comes meanwhile is done together.
func (n *Node) Hold() (release func()) {
	held, over := make(chan struct{}), make(chan struct{})
	n.inputs <- newInput(func(*engine.Engine, time.Time) error {
		close(held)
		<-over
		return nil
	})
	<-held
	return func() { close(over) }
}

// Inputs returns how many inputs wait for the loop.
func (n *Node) Inputs() int { return len(n.inputs) }

// Handshakes returns how many streams of strangers, and how many of contacts, are in
// the middle of a handshake.
func (n *Node) Handshakes() (strangers, contacts int) {
	n.guests.mu.Lock()
	defer n.guests.mu.Unlock()
	for _, all := range n.guests.contacts {
		contacts += all.Len()
	}
	return n.guests.strangers.Len(), contacts
}

// Serving returns how many streams there are on which files are, or could be, sent.
func (n *Node) Serving() int {
	n.moves.mu.Lock()
	defer n.moves.mu.Unlock()
	return len(n.moves.serving)
}
