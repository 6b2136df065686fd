// Package engine decides what is said in a conversation: which message is sent
// and sent again, what confirms what, what is new and what is a repeat. It is a
// state machine without I/O, clock or goroutine: commands, received content and
// connection changes go in; content to send and events come out.
//
// A message is delivered when the other side has confirmed it, and not before.
// Until then it stays in the outbox, and every new connection sends it again;
// the receiver knows repeats by their id, and confirms what was taken from it,
// not what has merely arrived. So a message is neither lost nor doubled when a
// connection is, and messages keep their order.
package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/onionwire/onionwire/node/wire"
)

const (
	// MaxOutbox is how many messages can wait for their confirmation. Sending
	// more than that to somebody who does not answer is refused, visibly.
	MaxOutbox = 1024
	// MaxTaken is how many messages that were taken are remembered to know
	// repeats by. It covers everything the other side can have in its outbox.
	MaxTaken = 4 * MaxOutbox
	// MaxWaiting is how many received messages can wait to be taken. They are
	// kept in memory, up to 64 KiB each.
	MaxWaiting = 256
	// maxReceipts is how many confirmations can wait to be sent. A side that
	// keeps to the protocol cannot cause more, for it has no more messages
	// unconfirmed: it takes a hostile one to stop the reading here, and two others
	// never wait for each other.
	maxReceipts = MaxOutbox
)

var (
	// ErrOutboxFull means that MaxOutbox messages wait already.
	ErrOutboxFull = fmt.Errorf("%d messages wait to be delivered", MaxOutbox)
	// ErrEmpty means that a message has no text.
	ErrEmpty = errors.New("empty message")
	// ErrDuplicate means that a message id is in the outbox already.
	ErrDuplicate = errors.New("message id is in use")
)

// Event is what became of a message: Received or Delivered.
type Event interface{ event() }

// Received is a new message from the other side. It comes once, and waits for
// Taken.
type Received struct{ Message wire.Message }

// Delivered says that the other side has confirmed a message of ours. It comes
// once.
type Delivered struct{ ID wire.MessageID }

func (Received) event()  {}
func (Delivered) event() {}

type outgoing struct {
	message wire.Message
	sent    bool // on the connection that is up now
}

// Conversation is the state of one conversation. It is not safe for concurrent
// use. The zero Conversation is new and not connected.
type Conversation struct {
	connected bool
	outbox    []outgoing // in the order of Send, unconfirmed
	receipts  []wire.MessageID

	// waiting has the messages that were received and not taken, each with
	// whether it has come on the connection that is up now.
	waiting map[wire.MessageID]bool

	taken     map[wire.MessageID]struct{}
	takenRing []wire.MessageID // the same, oldest at takenNext once it is full
	takenNext int

	events []Event
}

// Send puts a message into the outbox. It can be refused with ErrEmpty,
// ErrOutboxFull, ErrDuplicate, wire.ErrTextTooLong or wire.ErrContent (text that
// is not UTF-8).
func (c *Conversation) Send(m wire.Message) error {
	if m.Text == "" {
		return ErrEmpty
	}
	if len(c.outbox) >= MaxOutbox {
		return ErrOutboxFull
	}
	for i := range c.outbox {
		if c.outbox[i].message.ID == m.ID {
			return ErrDuplicate
		}
	}
	// What cannot be encoded must not get stuck in the outbox.
	if _, err := wire.EncodeMessage(m); err != nil {
		return err
	}
	c.outbox = append(c.outbox, outgoing{message: m})
	return nil
}

// Undelivered is how many messages are not confirmed.
func (c *Conversation) Undelivered() int { return len(c.outbox) }

// Connected tells that there is a new connection. All that is not confirmed is
// sent on it, again where it was sent on an earlier one. The other side does the
// same, so confirmations that wait are dropped: they would be sent twice, and
// ahead of those that the earlier connection has lost.
func (c *Conversation) Connected() {
	c.connected = true
	c.receipts = nil
	for id := range c.waiting {
		c.waiting[id] = false
	}
	for i := range c.outbox {
		c.outbox[i].sent = false
	}
}

// Disconnected tells that there is no connection any more.
func (c *Conversation) Disconnected() { c.connected = false }

// Receive takes the content of a cell that the session has opened. An error
// that matches wire.ErrContent means that the other side breaks the protocol
// and its connection should end. Content of a later protocol version is passed
// over, and not confirmed.
func (c *Conversation) Receive(content []byte) error {
	decoded, err := wire.Decode(content)
	if errors.Is(err, wire.ErrUnknownContent) {
		return nil
	}
	if err != nil {
		return err
	}
	switch d := decoded.(type) {
	case wire.Message:
		c.receiveMessage(d)
	case wire.Confirmation:
		for _, id := range d.IDs {
			c.confirm(id)
		}
	}
	return nil
}

func (c *Conversation) receiveMessage(m wire.Message) {
	if _, repeat := c.taken[m.ID]; repeat {
		// Its confirmation was lost.
		c.receipts = append(c.receipts, m.ID)
		return
	}
	if _, repeat := c.waiting[m.ID]; !repeat {
		c.events = append(c.events, Received{m})
	}
	if c.waiting == nil {
		c.waiting = make(map[wire.MessageID]bool)
	}
	c.waiting[m.ID] = true
}

// Taken tells that the application has taken a message that was Received, which
// is what confirms it. Messages must be taken in their order. What has not come
// again on a new connection is confirmed when it does, behind the confirmations
// that the earlier connection has lost.
func (c *Conversation) Taken(id wire.MessageID) {
	here, ok := c.waiting[id]
	if !ok {
		return
	}
	delete(c.waiting, id)
	c.remember(id)
	if here {
		c.receipts = append(c.receipts, id)
	}
}

// remember keeps the id of a message that was taken, in place of the oldest.
func (c *Conversation) remember(id wire.MessageID) {
	if c.taken == nil {
		c.taken = make(map[wire.MessageID]struct{})
	}
	if len(c.takenRing) < MaxTaken {
		c.takenRing = append(c.takenRing, id)
	} else {
		delete(c.taken, c.takenRing[c.takenNext])
		c.takenRing[c.takenNext] = id
		c.takenNext = (c.takenNext + 1) % MaxTaken
	}
	c.taken[id] = struct{}{}
}

// confirm takes a message out of the outbox. An id that is not there was
// confirmed before, or is made up; a message that was never sent on this
// connection can have been on an earlier one.
func (c *Conversation) confirm(id wire.MessageID) {
	for i := range c.outbox {
		if c.outbox[i].message.ID == id {
			c.outbox = slices.Delete(c.outbox, i, i+1)
			c.events = append(c.events, Delivered{id})
			return
		}
	}
}

// Congested reports that the other side sends faster than its messages are taken
// or can be confirmed. Nothing should be read from it until Taken or Next has
// made room.
func (c *Conversation) Congested() bool {
	return len(c.waiting) >= MaxWaiting || len(c.receipts) > maxReceipts
}

// Next returns the next content to send on the connection, or false if there
// is nothing to send. What it returned counts as sent. Confirmations go first:
// they are short and somebody waits for them.
func (c *Conversation) Next() ([]byte, bool) {
	if !c.connected {
		return nil, false
	}
	if n := min(len(c.receipts), wire.MaxReceiptIDs); n > 0 {
		content, err := wire.EncodeConfirmation(wire.Confirmation{IDs: c.receipts[:n]})
		c.receipts = append(c.receipts[:0], c.receipts[n:]...)
		if err == nil { // it always is: the number is within bounds
			return content, true
		}
	}
	for i := range c.outbox {
		o := &c.outbox[i]
		if o.sent {
			continue
		}
		o.sent = true
		if content, err := wire.EncodeMessage(o.message); err == nil { // Send has tried it
			return content, true
		}
	}
	return nil, false
}

// Events returns what has happened since the last call, in order.
func (c *Conversation) Events() []Event {
	events := c.events
	c.events = nil
	return events
}
