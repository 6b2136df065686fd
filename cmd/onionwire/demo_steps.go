package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// introduction is what Alice says when she asks Bob to become a contact.
const introduction = "We met at the market."

// begin makes two profiles and brings both online.
func (d *demo) begin(ctx context.Context) error {
	d.say("Alice and Bob each make a profile. Each runs a program of their own, with a Tor of its own.")
	for _, p := range []*person{d.alice, d.bob} {
		began := time.Now()
		if err := d.make(ctx, p); err != nil {
			return err
		}
		if err := d.come(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if _, err := p.node.SetSettings(ctx, rpc.SettingsUpdate{Name: &p.name}); err != nil {
			return err
		}
		link, err := p.node.Link(ctx)
		if err != nil {
			return err
		}
		d.took(fmt.Sprintf("%s can be reached at %s…", p.name, link.Onion.ServiceID()[:16]), began)
	}
	return nil
}

// ask makes contacts of them: Alice asks, and Bob accepts.
func (d *demo) ask(ctx context.Context) error {
	d.say("Bob has given Alice his link. She asks him to become a contact: %q", introduction)
	began := time.Now()
	link, err := d.bob.node.Link(ctx)
	if err != nil {
		return err
	}
	if d.alice.contact, err = d.alice.node.AddContact(ctx, link, rpc.AddOptions{Introduction: introduction}); err != nil {
		return err
	}
	request, err := d.bob.await(ctx, "a request", kind(rpc.RequestReceived))
	if err != nil {
		return err
	}
	if d.bob.contact, err = d.bob.node.Contact(ctx, request.Contact); err != nil {
		return err
	}
	if who := d.bob.contact; who.Peer != d.alice.peer || who.Name != "Alice" || who.Introduction != introduction {
		return errors.New("the request is another one than Alice has made")
	}
	if err := d.bob.node.AcceptContact(ctx, request.Contact); err != nil {
		return err
	}
	for _, p := range []*person{d.alice, d.bob} {
		if err := p.befriended(ctx); err != nil {
			return err
		}
	}
	d.took("He has accepted, and both have proven who they are", began)
	return nil
}

// befriended waits until the other one is a contact, and there, and keeps it so.
func (p *person) befriended(ctx context.Context) (err error) {
	if err := p.awaitPresence(ctx, rpc.Online); err != nil {
		return err
	}
	keep := true
	p.contact, err = p.node.UpdateContact(ctx, p.contact.ID, rpc.ContactUpdate{KeepConnected: &keep})
	if err == nil && p.contact.State != rpc.AcceptedContact {
		err = fmt.Errorf("%s has no contact: it is %s", p.name, p.contact.State)
	}
	return err
}

func (d *demo) exchange(ctx context.Context) error {
	d.say("They talk. A message is delivered when the other side has it on its disk, and has said so.")
	if err := d.says(ctx, d.alice, d.bob, "Hello Bob! There is no server between us."); err != nil {
		return err
	}
	return d.says(ctx, d.bob, d.alice, "Hello Alice! Only Tor, and it knows nothing.")
}

// restart takes Bob away, with his Tor, lets Alice write meanwhile, and brings
// him back.
func (d *demo) restart(ctx context.Context) error {
	d.say("Bob goes offline, and his Tor with him. Alice writes to him all the same.")
	if err := d.bob.leave(); err != nil {
		return err
	}
	if err := d.alice.awaitPresence(ctx, rpc.Offline); err != nil {
		return err
	}
	m, err := d.write(ctx, d.alice, "Are you still there?")
	if err != nil {
		return err
	}
	if m, err = d.alice.node.Message(ctx, m.Number); err != nil {
		return err
	}
	if !undelivered(m) {
		return errors.New("a message to somebody who is not there does not wait")
	}

	began := time.Now()
	if err := d.come(ctx, d.bob); err != nil {
		return err
	}
	if err := d.arrives(ctx, d.alice, d.bob, m); err != nil {
		return err
	}
	d.took("Bob is back at the same address, has what Alice wrote, and she knows", began)
	return nil
}

// goOn exchanges two more messages, one each way.
func (d *demo) goOn(ctx context.Context) error {
	d.say("They go on.")
	if err := d.says(ctx, d.bob, d.alice, "Yes. Nothing was lost."); err != nil {
		return err
	}
	return d.says(ctx, d.alice, d.bob, "And nothing came twice.")
}

// compare verifies that both have the same conversation on the disk.
func (d *demo) compare(ctx context.Context) error {
	for _, p := range []*person{d.alice, d.bob} {
		messages, err := p.node.Messages(ctx, p.contact.Conversation, 0, 100)
		if err != nil {
			return err
		}
		var own, others []string
		for _, m := range slices.Backward(messages) {
			if m.Sender == 0 {
				own = append(own, m.Text)
			} else {
				others = append(others, m.Text)
			}
		}
		other := d.alice
		if p == d.alice {
			other = d.bob
		}
		if !slices.Equal(own, p.said) || !slices.Equal(others, other.said) {
			return fmt.Errorf("the conversation that %s has is not what was written", p.name)
		}
		status, err := p.node.Status(ctx)
		if err != nil || status.Waiting != 0 {
			return errors.Join(err, fmt.Errorf("of %s, messages wait: %d", p.name, status.Waiting))
		}
	}
	return nil
}

// write has somebody write a message, which waits.
func (d *demo) write(ctx context.Context, p *person, text string) (rpc.Message, error) {
	m, err := p.node.Send(ctx, p.contact.Conversation, text, rpc.SendOptions{})
	if err != nil {
		return m, err
	}
	p.said = append(p.said, m.Text)
	d.say("  %s: %s  (waiting)", p.name, text)
	return m, nil
}

// says sends a message and verifies that it arrives as it was sent, and that the
// sender hears of it.
func (d *demo) says(ctx context.Context, from, to *person, text string) error {
	began := time.Now()
	m, err := from.node.Send(ctx, from.contact.Conversation, text, rpc.SendOptions{})
	if err != nil {
		return err
	}
	from.said = append(from.said, m.Text)
	if err := d.arrives(ctx, from, to, m); err != nil {
		return err
	}
	d.say("  %s: %s  ✓ delivered in %s", from.name, text, time.Since(began).Round(time.Millisecond))
	return nil
}

func (d *demo) arrives(ctx context.Context, from, to *person, m rpc.Message) error {
	e, err := to.await(ctx, "a message", kind(rpc.MessageReceived))
	if err != nil {
		return err
	}
	if err := to.has(ctx, e.Message, m); err != nil {
		return err
	}
	_, err = from.await(ctx, "a confirmation", reaches(m.Number))
	return err
}
