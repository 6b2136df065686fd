package main

import (
	"context"
	"errors"
	"strings"
)

// number has both compare their safety number, and be sure of each other.
func (d *demo) number(ctx context.Context) error {
	d.say("They compare their safety number, on the telephone for example. Somebody in between would have made it another one.")
	alice, err := d.alice.node.SafetyNumber(ctx, d.alice.contact.ID)
	if err != nil {
		return err
	}
	bob, err := d.bob.node.SafetyNumber(ctx, d.bob.contact.ID)
	if err != nil {
		return err
	}
	if alice.Words != bob.Words || alice.Digits != bob.Digits {
		return errors.New("the two have different safety numbers")
	}
	words := strings.Fields(alice.Words)
	d.say("  %s\n  %s", strings.Join(words[:len(words)/2], " "), strings.Join(words[len(words)/2:], " "))
	for _, side := range []struct {
		p     *person
		typed string
	}{{d.alice, bob.Words}, {d.bob, alice.Code}} {
		matches, err := side.p.node.VerifyContact(ctx, side.p.contact.ID, side.typed)
		if err != nil {
			return err
		}
		c, err := side.p.node.Contact(ctx, side.p.contact.ID)
		if err != nil {
			return err
		}
		if !matches || !c.Verified {
			return errors.New("the safety number does not make sure of anybody")
		}
	}
	d.say("  It is the same on both sides: each has verified the other.")
	return nil
}
