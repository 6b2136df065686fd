package reach

import (
	"cmp"
	"slices"
	"time"
)

const (
	// MaxLinks is with how many contacts there are links at a time.
	MaxLinks = 50
	// MaxGuests is with how many guests there are, beside those.
	MaxGuests = 8
	// IdleAfter is how long a link that is not wanted may be of no use.
	IdleAfter = 5 * time.Minute
)

// room reports whether there may be a link with the contact without taking it from
// somebody who is wanted.
func (p *Plan) room(c *contact) bool {
	if len(c.links) > 0 {
		return true
	}
	engaged := 0
	for _, other := range p.all {
		if len(other.links) > 0 && other.wanted() && !other.guest {
			engaged++
		}
	}
	return engaged < p.most
}

// makeRoom closes the links with somebody else if there are too many for another
// contact: with somebody who is not wanted, or else who is wanted for the moment, or
// else who is to be kept connected; among these, who has been idle the longest. Guests
// make room for guests, and nobody else.
func (p *Plan) makeRoom(c *contact) {
	most := p.most
	if c.guest {
		most = MaxGuests
	}
	var linked []*contact
	for _, other := range p.all {
		if other != c && other.guest == c.guest && len(other.links) > 0 {
			linked = append(linked, other)
		}
	}
	slices.SortStableFunc(linked, func(a, b *contact) int {
		return cmp.Or(cmp.Compare(a.worth(), b.worth()), a.used().Compare(b.used()))
	})
	for i := range len(linked) - most + 1 {
		p.oust(linked[i])
	}
}

// oust closes the links with somebody, for others.
func (p *Plan) oust(out *contact) {
	for _, l := range slices.Clone(out.links) {
		p.close(out, l, true)
	}
	if out.wanted() {
		// Not at once: who took the place would lose it again.
		out.since, out.wait = p.now, p.jitter(firstWait)
	}
	p.settle(out)
}

// worth orders contacts by how much a link with them is worth.
func (c *contact) worth() int {
	switch {
	case c.kept:
		return 2
	case c.want != Nothing:
		return 1
	default:
		return 0
	}
}

// used is when a link of the contact was last of use.
func (c *contact) used() time.Time {
	var last time.Time
	for _, l := range c.links {
		if l.used.After(last) {
			last = l.used
		}
	}
	return last
}
