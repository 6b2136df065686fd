package engine_test

import (
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// cable is a stream between two people: it keeps the order, until it is cut.
type cable struct {
	*world

	ends    [2]*plug // of who has opened it, and of the other
	latency time.Duration
	over    bool
}

// plug is one end of a cable.
type plug struct {
	*cable

	person  *person
	life    int
	other   *plug
	contact ledger.ContactID // 0: a stranger
	link    engine.LinkID    // 0: not up yet
	hs      *e2ee.Handshake
	frames  int               // how many have come
	sink    func(cell []byte) // where cells go that have come, if not to an engine
	done    bool              // nothing is sent or taken any more
	ended   bool              // nothing is sent any more
}

type ending struct{}

// GoString is what is printed of an example that fails.
func (c *cable) GoString() string { return c.ends[0].person.name + " to " + c.ends[1].person.name }

// dial opens a cable, as far as somebody answers.
func (p *person) dial(d engine.Dial) {
	if d.Cancel {
		if cancelled := p.dials[d.Contact]; cancelled != nil {
			*cancelled = true
		}
		delete(p.dials, d.Contact)
		return
	}
	cancelled := new(bool)
	p.dials[d.Contact] = cancelled
	life := p.life
	p.after(p.dialTime, func() {
		if p.life != life || p.engine == nil || *cancelled {
			return
		}
		delete(p.dials, d.Contact)
		p.dialled(d)
		p.flush()
	})
}

// dialled opens a stream with the handshake of the other side, or without.
func (p *person) dialled(d engine.Dial) {
	fail := func() { p.engine.DialFailed(p.now(), d.Contact, false) }
	var to *person
	for _, a := range d.Addresses {
		if there := p.byOnion[a.Onion]; there != nil && !there.offline && there.engine != nil && !p.offline {
			to = there
			break
		}
	}
	if to == nil {
		fail()
		return
	}
	if _, err := to.engine.Admit(p.peer); err != nil {
		fail()
		return
	}
	p.load(d.Contact)
	o, err := p.engine.Opening(d.Contact, true)
	if err != nil {
		fail()
		return
	}
	c := &cable{world: p.world, latency: p.latency}
	c.ends[0] = &plug{cable: c, person: p, life: p.life, contact: d.Contact}
	c.ends[1] = &plug{cable: c, person: to, life: to.life, other: c.ends[0]}
	c.ends[0].other = c.ends[1]
	p.cables = append(p.cables, c)
	own := c.ends[0]
	if !o.Handshake {
		own.up(nil, true)
		return
	}
	own.hs, err = e2ee.NewInitiator(p.expecting(to, o.Generation, o.Known))
	p.must(err)
	own.say()
}

// send gives the other end something.
func (l *plug) send(what any) {
	if l.done || l.ended {
		return
	}
	other := l.other
	l.after(l.latency, func() {
		if !other.done && !l.over {
			other.take(what)
		}
	})
}

// take takes what has come.
func (l *plug) take(what any) {
	p := l.person
	if cell, ok := what.([]byte); ok && l.sink != nil {
		l.sink(cell)
		return
	}
	if p.engine == nil || p.life != l.life {
		return
	}
	if _, over := what.(ending); over {
		l.send(ending{})
		l.drop()
		return
	}
	frame := what.([]byte)
	l.frames++
	switch own := l == l.ends[0]; {
	case l.link != 0:
		if err := p.engine.Receive(p.now(), l.link, frame); err != nil {
			p.errs = append(p.errs, err)
		}
	case own:
		l.finish(frame)
	case l.hs != nil:
		l.finished(frame)
	default:
		l.begin(frame)
	}
	p.flush()
}

// close ends the link as its engine wants.
func (l *plug) close(orderly bool) {
	if !orderly {
		l.cut()
		return
	}
	l.send(ending{})
	l.ended = true
}

// drop lets the engine know that the link has ended.
func (l *plug) drop() {
	if l.done {
		return
	}
	l.done = true
	if l.other.done {
		l.over = true
		l.cables = slices.DeleteFunc(l.cables, func(c *cable) bool { return c == l.cable })
	}
	p := l.person
	if p.engine == nil || p.life != l.life {
		return
	}
	if l.link == 0 {
		if l == l.ends[0] {
			p.engine.DialFailed(p.now(), l.contact, false)
		}
	} else {
		p.engine.LinkDown(p.now(), l.link)
		delete(p.plugs, l.link)
	}
	l.after(0, func() {
		if p.life == l.life {
			p.flush()
		}
	})
}

// cut ends a cable at once: what is under way is lost.
func (c *cable) cut() {
	if c.over {
		return
	}
	c.over = true
	for _, l := range c.ends {
		l.after(0, l.drop)
	}
}
