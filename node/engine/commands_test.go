package engine_test

import (
	"bytes"
	"errors"
	"slices"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// add asks somebody to become a contact.
func (p *person) add(other *person) ledger.ContactID {
	p.Helper()
	id, err := p.engine.AddContact(p.now(), other.link())
	if err != nil && !errors.Is(err, engine.ErrExists) {
		p.Fatalf("%s adds %s: %v", p.name, other.name, err)
	}
	p.flush()
	return id
}

// link is what others need to add the person.
func (p *person) link() engine.NewContact {
	return engine.NewContact{Peer: p.peer, Addresses: p.addresses, Name: p.name, Introduction: "it is me"}
}

// contact returns what is on the disk of somebody, or nothing.
func (p *person) contact(other *person) ledger.Contact {
	all, err := p.disk.Contacts()
	p.must(err)
	for _, c := range all {
		if bytes.Equal(c.Peer, other.peer) {
			return c
		}
	}
	return ledger.Contact{}
}

// conversation returns the conversation with somebody, or one that is not there.
func (p *person) conversation(other *person) ledger.Conversation {
	id := p.contact(other).ID
	all, err := p.disk.Conversations()
	p.must(err)
	for _, c := range all {
		if c.Kind == ledger.Direct && c.Members[0] == id {
			return c
		}
	}
	return ledger.Conversation{}
}

// try sends a message, and notes it in the book if it was accepted.
func (p *person) try(other *person, text string, o engine.SendOptions) (ledger.Message, error) {
	m, err := p.engine.Send(p.now(), p.conversation(other).ID, text, o)
	if err == nil {
		p.book.said(p, other, m)
		p.flush()
	}
	return m, err
}

// send sends a message.
func (p *person) send(other *person, text string) ledger.Message {
	p.Helper()
	m, err := p.try(other, text, engine.SendOptions{})
	p.must(err)
	return m
}

// messages returns what is on the disk of the conversation with somebody, the oldest
// first, with whose they are.
func (p *person) messages(other *person) (all []string) {
	rows, err := p.disk.Messages(p.conversation(other).ID, 0, 1<<30)
	p.must(err)
	for _, m := range slices.Backward(rows) {
		who := p.name
		if m.Sender != 0 {
			who = other.name
		}
		all = append(all, who+": "+m.Body)
	}
	return all
}

// state returns how far a message has come.
func (p *person) state(n ledger.MessageNumber) ledger.DeliveryState {
	all, err := p.disk.Deliveries(n)
	p.must(err)
	if len(all) != 1 {
		return 0
	}
	return all[0].State
}

// read marks the last message of somebody as read.
func (p *person) read(other *person) {
	p.Helper()
	p.must(p.markRead(other))
}

func (p *person) markRead(other *person) error {
	rows, err := p.disk.Messages(p.conversation(other).ID, 0, 1<<30)
	p.must(err)
	for _, m := range rows {
		if m.Sender != 0 {
			err := p.engine.MarkRead(p.now(), m)
			p.flush()
			return err
		}
	}
	return nil
}

// waiting returns how many items wait for everybody.
func (p *person) waiting() int {
	all, err := p.disk.Waiting()
	p.must(err)
	return len(all)
}

// expect compares the conversation with somebody.
func (p *person) expect(other *person, want ...string) {
	p.Helper()
	if got := p.messages(other); !slices.Equal(got, want) {
		p.Fatalf("%s has %q, want %q", p.name, got, want)
	}
}

// move makes the person reachable under another address, and under the old ones until
// everybody knows.
func (p *person) move() {
	p.told = append(p.told, p.newAddress(byte(len(p.told)+1)))
	p.addresses = p.told[len(p.told)-1:]
	p.tell()
	p.flush()
}

func (p *person) tell() {
	p.must(p.engine.SetAddresses(p.now(), p.addresses))
	p.engine.Keep(ledger.PutSetting{Name: "told", Value: []byte{byte(len(p.told))}})
}

// retire gives up old addresses if nobody needs them any more.
func (p *person) retire() {
	if p.engine.Moving() {
		return
	}
	for onion, who := range p.byOnion {
		if who == p && onion != p.addresses[0].Onion {
			delete(p.byOnion, onion)
		}
	}
}
