package main

import (
	"context"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node"
)

// meet makes two profiles and brings both online.
func (d *demo) meet(ctx context.Context) error {
	d.say("Alice and Bob each make a profile and start a Tor of their own.")
	for _, p := range []*person{d.alice, d.bob} {
		began := time.Now()
		var err error
		if p.profile, err = node.CreateProfile(d.dir, p.name); err != nil {
			return err
		}
		if err := d.come(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		d.took(fmt.Sprintf("%s can be reached at %s…", p.name, p.node.Address().Onion.ServiceID()[:16]), began)
	}
	return nil
}

// connect lets both call each other at once: one connection is left.
func (d *demo) connect(ctx context.Context) error {
	d.say("They have given each other their addresses, and call each other at the same time.")
	began := time.Now()
	var err error
	if d.alice.talk, err = d.alice.node.Conversation(d.bob.node.Address()); err != nil {
		return err
	}
	if d.bob.talk, err = d.bob.node.Conversation(d.alice.node.Address()); err != nil {
		return err
	}
	for _, p := range []*person{d.alice, d.bob} {
		e, err := await[node.Connected](ctx, p)
		if err != nil {
			return err
		}
		if !e.KnowsUs {
			return fmt.Errorf("%s is not known to the other side", p.name)
		}
	}
	d.took("Connected, and both have proven who they are", began)
	return nil
}

func (d *demo) exchange(ctx context.Context) error {
	d.say("They talk. A message is delivered when the other side has confirmed it.")
	if err := d.tell(ctx, d.alice, d.bob, "Hello Bob! There is no server between us."); err != nil {
		return err
	}
	return d.tell(ctx, d.bob, d.alice, "Hello Alice! Only Tor, and it knows nothing.")
}

func (d *demo) ping(ctx context.Context) error {
	rtt, err := d.alice.node.Ping(ctx, d.bob.node.Address())
	if err != nil {
		return err
	}
	d.say("  A bare round trip from Alice to Bob takes %s.", rtt.Round(time.Millisecond))
	return nil
}

// restart takes Bob away, with his Tor, lets Alice write meanwhile, and brings
// him back.
func (d *demo) restart(ctx context.Context) error {
	d.say("Bob goes offline, and his Tor with him. Alice writes to him all the same.")
	address := d.bob.node.Address()
	d.bob.leave()
	if _, err := await[node.Disconnected](ctx, d.alice); err != nil {
		return err
	}
	const text = "Are you still there?"
	id, err := d.alice.talk.Send(text)
	if err != nil {
		return err
	}
	d.say("  alice: %s  (waiting)", text)

	began := time.Now()
	if err := d.come(ctx, d.bob); err != nil {
		return err
	}
	if d.bob.node.Address() != address {
		return fmt.Errorf("bob came back with another address")
	}
	d.took("Bob is back at the same address", began)
	began = time.Now()
	if d.bob.talk, err = d.bob.node.Conversation(d.alice.node.Address()); err != nil {
		return err
	}
	if err := d.arrives(ctx, d.alice, d.bob, id, text); err != nil {
		return err
	}
	d.took("What Alice wrote has arrived, and she knows", began)
	return nil
}

// goOn exchanges two more messages, one each way. A repeat of an earlier message
// would arrive before them and be noticed.
func (d *demo) goOn(ctx context.Context) error {
	d.say("They go on.")
	if err := d.tell(ctx, d.bob, d.alice, "Yes. Nothing was lost."); err != nil {
		return err
	}
	if err := d.tell(ctx, d.alice, d.bob, "And nothing came twice."); err != nil {
		return err
	}
	for _, p := range []*person{d.alice, d.bob} {
		if n := p.talk.Undelivered(); n != 0 {
			return fmt.Errorf("%s has undelivered messages: %d", p.name, n)
		}
	}
	return nil
}

// tell sends a message and verifies that it arrives as it was sent, and that the
// sender hears of it.
func (d *demo) tell(ctx context.Context, from, to *person, text string) error {
	began := time.Now()
	id, err := from.talk.Send(text)
	if err != nil {
		return err
	}
	if err := d.arrives(ctx, from, to, id, text); err != nil {
		return err
	}
	d.say("  %s: %s  ✓ delivered in %s", from.name, text, time.Since(began).Round(time.Millisecond))
	return nil
}

func (d *demo) arrives(ctx context.Context, from, to *person, id [16]byte, text string) error {
	got, err := await[node.Received](ctx, to)
	if err != nil {
		return err
	}
	if got.ID != id || got.Text != text {
		return fmt.Errorf("%s received another message than %s sent", to.name, from.name)
	}
	confirmed, err := await[node.Delivered](ctx, from)
	if err != nil {
		return err
	}
	if confirmed.ID != id {
		return fmt.Errorf("another message than the one that %s sent was confirmed", from.name)
	}
	return nil
}

// await waits for an event of type E. Connections may come and go meanwhile;
// a message or a confirmation that is not waited for is a failure.
func await[E node.Event](ctx context.Context, p *person) (E, error) {
	for {
		e, err := p.talk.Next(ctx)
		if err != nil {
			var none E
			return none, fmt.Errorf("%s waited for %T: %w", p.name, none, err)
		}
		switch e := e.(type) {
		case E:
			return e, nil
		case node.Received, node.Delivered:
			var none E
			return none, fmt.Errorf("%s got %T instead of %T", p.name, e, none)
		}
	}
}
