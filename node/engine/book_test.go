package engine_test

import (
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
)

// book is what must be true of all that anybody has said: it is checked whenever
// something is kept.
type book struct {
	*world

	lines map[ledger.MessageID]*line
	rogue *person // who may say anything
}

// line is one message.
type line struct {
	n         int
	from, to  *person
	message   ledger.Message // with the text that it has now
	kept      bool           // whether from has it
	arrived   bool           // whether to has ever kept it
	cancelled bool
	lost      bool // nobody needs to deliver it: from has lost its disk, or deleted it
	revived   bool // it was tried again, or from has been set back: it may come late
	given     bool // from had given it up before that, and the other side may know
}

// edges are the ways in which a delivery may go on, from nothing on.
var edges = map[ledger.DeliveryState][]ledger.DeliveryState{
	0:                {ledger.Queued},
	ledger.Queued:    {ledger.Sent, ledger.Failed, ledger.Cancelled, ledger.Expired},
	ledger.Sent:      {ledger.Delivered, ledger.Failed, ledger.Expired},
	ledger.Delivered: {ledger.Read},
	ledger.Read:      {},
	ledger.Failed:    {ledger.Queued},
	ledger.Cancelled: {ledger.Queued},
	ledger.Expired:   {ledger.Queued},
}

func (b *book) said(from, to *person, m ledger.Message) {
	if b.lines == nil {
		b.lines = make(map[ledger.MessageID]*line)
	}
	b.lines[m.ID] = &line{n: len(b.lines) + 1, from: from, to: to, message: m}
}

// commit keeps changes, all of which must be possible.
func (b *book) commit(p *person, changes []ledger.Change) {
	p.Helper()
	b.check(p, changes)
	b.edit(p, changes)
	if err := p.disk.Apply(changes...); err != nil {
		p.Fatalf("%s: the ledger refuses a change: %v", p.name, err)
	}
	b.checkRead(p, changes)
}

// checkRead checks that nobody is said to have read what has not arrived.
func (b *book) checkRead(p *person, changes []ledger.Change) {
	p.Helper()
	if !slices.ContainsFunc(changes, func(c ledger.Change) bool { _, ok := c.(ledger.ReadDelivery); return ok }) {
		return
	}
	for _, line := range b.lines {
		if line.from == p && line.kept && !line.lost && !line.arrived && !line.given && p.state(line.message.Number) == ledger.Read {
			p.Fatalf("%s: %q is read, and %s does not have it", p.name, line.message.Body, line.to.name)
		}
	}
}

// check checks what is about to be kept.
func (b *book) check(p *person, changes []ledger.Change) {
	p.Helper()
	states, added := make(map[ledger.MessageNumber]ledger.DeliveryState), draftOf(changes)
	for _, change := range changes {
		switch c := change.(type) {
		case ledger.PutDelivery:
			n := c.Delivery.Message
			was, ok := states[n]
			if !ok {
				was = p.state(n)
			}
			if !slices.Contains(edges[was], c.Delivery.State) {
				p.Fatalf("%s: message %d goes from state %d to %d", p.name, n, was, c.Delivery.State)
			}
			states[n] = c.Delivery.State
			b.checkDelivered(p, b.line(p, added, n), c.Delivery.State)
		case ledger.AddMessage:
			if c.Message.Sender != 0 {
				b.arrives(p, c.Message)
			}
		}
	}
}

// draft has the messages that are about to be kept.
type draft map[ledger.MessageNumber]ledger.MessageID

func draftOf(changes []ledger.Change) draft {
	d := make(draft)
	for _, change := range changes {
		if c, ok := change.(ledger.AddMessage); ok {
			d[c.Message.Number] = c.Message.ID
		}
	}
	return d
}

// line returns the line of a message that is kept, or about to be.
func (b *book) line(p *person, d draft, n ledger.MessageNumber) *line {
	p.Helper()
	id, ok := d[n]
	if !ok {
		m, err := p.disk.Message(n)
		p.must(err)
		id = m.ID
	}
	return b.lines[id]
}

// edit notes what becomes of messages.
func (b *book) edit(p *person, changes []ledger.Change) {
	p.Helper()
	added := draftOf(changes)
	for _, change := range changes {
		switch c := change.(type) {
		case ledger.AddMessage:
			if line := b.lines[c.Message.ID]; line != nil && line.from == p {
				line.kept = true
			}
		case ledger.EditMessage:
			b.line(p, added, c.Message).message.Body = c.Body
		case ledger.DropMessage:
			if line := b.line(p, added, c.Message); line != nil && line.from == p {
				line.lost = true
			}
		case ledger.DropConversation:
			for _, line := range b.lines {
				if line.from == p && line.message.Conversation == c.Conversation {
					line.lost = true
				}
			}
		}
	}
}

// checkDelivered checks that what is said to be delivered is.
func (b *book) checkDelivered(p *person, line *line, s ledger.DeliveryState) {
	p.Helper()
	switch {
	case line == nil:
		p.Fatalf("%s: a message was never accepted", p.name)
	case s == ledger.Delivered && !line.arrived && !line.given:
		p.Fatalf("%s: %q is delivered, and %s does not have it", p.name, line.message.Body, line.to.name)
	case s == ledger.Cancelled:
		line.cancelled = true
	case s == ledger.Queued && line.kept: // once more
		line.cancelled, line.revived = false, true
	}
}

// arrives checks a message that somebody keeps.
func (b *book) arrives(p *person, m ledger.Message) {
	p.Helper()
	line := b.lines[m.ID]
	if b.rogue != nil && m.Sender == p.contact(b.rogue).ID {
		return
	}
	if line == nil {
		p.Fatalf("%s gets %q, which nobody has said", p.name, m.Body)
	}
	sender, err := p.sender(m.Sender)
	if err != nil {
		return // added in the same transaction
	}
	switch {
	case string(sender.Peer) != string(line.from.peer) || line.to != p:
		p.Fatalf("%s gets %q from the wrong person", p.name, m.Body)
	case line.message.Body != m.Body:
		p.Fatalf("%s gets %q, which is %q by now", p.name, m.Body, line.message.Body)
	case line.cancelled:
		p.Fatalf("%s gets %q, which was called back", p.name, m.Body)
	}
	line.arrived = true
}

func (p *person) sender(id ledger.ContactID) (ledger.Contact, error) {
	all, err := p.disk.Contacts()
	if err != nil {
		return ledger.Contact{}, err
	}
	i := slices.IndexFunc(all, func(c ledger.Contact) bool { return c.ID == id })
	if i < 0 {
		return ledger.Contact{}, ledger.ErrNotFound
	}
	return all[i], nil
}

// checkOrder checks that nobody has anything twice, or in another order.
func (b *book) checkOrder(p *person) {
	p.Helper()
	conversations, err := p.disk.Conversations()
	p.must(err)
	for _, c := range conversations {
		rows, err := p.disk.Messages(c.ID, 0, 1<<30)
		p.must(err)
		last := make(map[*person]int)
		for _, m := range slices.Backward(rows) {
			line := b.lines[m.ID]
			if m.Sender == 0 || line == nil {
				continue
			}
			if line.revived {
				continue
			}
			if line.n <= last[line.from] {
				p.Fatalf("%s has %q twice, or after a later one", p.name, m.Body)
			}
			last[line.from] = line.n
		}
	}
}
