package reach_test

import (
	"math/rand/v2"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

// theOther is the number that each of two parties has for the other.
const theOther = ledger.ContactID(1)

// party is one of two that have a plan each. It does what the plan says, and checks that
// it makes sense.
type party struct {
	*world
	index int
	plan  *reach.Plan
	// offset is how far its clock is off.
	offset time.Duration
	// wake is when it ticks, if it ticks: as timers do, it heeds no clock.
	wake  time.Duration
	ticks bool

	dial   int // the number of the one under way, or 0
	dials  int // ever
	dialed time.Time
	// As the plan says.
	current reach.LinkID
	online  bool
	orders  int
	ticked  int
}

func newParty(w *world, index int, own []byte) *party {
	seed := [32]byte{byte(w.Uint32()), byte(w.Uint32()), byte(w.Uint32())}
	return &party{
		world: w, index: index,
		plan: reach.New(reach.Config{Own: own, Rand: rand.NewChaCha8(seed)}),
	}
}

func (p *party) clock() time.Time { return start.Add(p.now + p.offset) }

func (p *party) tick() {
	p.ticked++
	p.plan.Tick(p.clock())
	if next := p.plan.Next(); !next.IsZero() && !next.After(p.clock()) {
		p.Fatalf("after a Tick another is wanted")
	}
}

// jump changes the clock. When it goes backwards, no time has passed; when it goes
// forward, it has.
func (p *party) jump(by time.Duration) {
	p.offset += by
	p.dialed = p.dialed.Add(min(0, by))
}

// settle does what the plan says.
func (p *party) settle() {
	for _, a := range p.plan.Take() {
		p.orders++
		switch a := a.(type) {
		case reach.Dial:
			p.begin()
		case reach.CancelDial:
			if p.dial == 0 {
				p.Fatalf("a dial is cancelled that is none")
			}
			p.dial = 0
		case reach.Close:
			l := p.wires[a.Link-1]
			if !l.open[p.index] {
				p.Fatalf("a link is closed that is none")
			}
			p.hangUp(l, p.index, a.Orderly)
		case reach.Switch:
			if a.Link == p.current || a.Link != 0 && !p.wires[a.Link-1].open[p.index] {
				p.Fatalf("link %d instead of %d", a.Link, p.current)
			}
			p.current = a.Link
		case reach.Presence:
			if a.Online == p.online {
				p.Fatalf("online twice, or not twice")
			}
			p.online = a.Online
		}
	}
	next := p.plan.Next()
	if p.ticks = !next.IsZero(); p.ticks {
		p.wake = p.now + max(0, next.Sub(p.clock()))
	}
}

// begin begins a dial.
func (p *party) begin() {
	if p.dial != 0 {
		p.Fatalf("two dials at a time")
	}
	if spacing := p.clock().Sub(p.dialed); p.dials > 0 && spacing < 5*time.Second {
		p.Fatalf("a dial %v after another", spacing)
	}
	p.dials++
	p.dialed = p.clock()
	this := p.dials
	p.dial = this
	takes, fails, final := 500*time.Millisecond+p.within(5*time.Second), p.bad && p.often(70), false
	if fails && p.often(50) {
		takes += time.Minute
	} else if fails {
		final = p.often(10)
	}
	p.after(takes, func() {
		if p.dial != this {
			return
		}
		p.dial = 0
		if fails || !p.plan.MayOpen(theOther) {
			p.plan.DialFailed(p.clock(), theOther, final)
			return
		}
		p.open()
	})
}

// open opens a link: one that goes on with a session, so that a first word comes along,
// or one that takes a handshake before.
func (p *party) open() {
	l := &wire{id: reach.LinkID(len(p.wires) + 1), opener: p.index}
	p.wires = append(p.wires, l)
	other := p.parties[1-p.index]
	word := func() { p.send(l, p.index, func() { other.hears(l) }) }
	handshake := p.often(50)
	p.up(l)
	p.send(l, p.index, func() {
		other.up(l)
		if handshake {
			p.send(l, other.index, word)
		}
	})
	if !handshake {
		word()
	}
}

func (p *party) up(l *wire) {
	l.open[p.index] = true
	p.plan.LinkUp(p.clock(), l.id, theOther, l.opener == p.index)
	p.ping(l)
}

// hears is when a first word arrives, or the answer to it.
func (p *party) hears(l *wire) {
	if !l.open[p.index] {
		return
	}
	p.plan.Heard(p.clock(), l.id)
	p.settle()
	if l.open[p.index] && l.opener != p.index {
		p.send(l, p.index, func() { p.parties[1-p.index].hears(l) })
	}
}

// lost is when a link ends without our doing.
func (p *party) lost(l *wire) {
	if l.open[p.index] {
		l.open[p.index] = false
		p.plan.LinkDown(p.clock(), l.id)
	}
}

// ping asks for signs of life for as long as there are some.
func (p *party) ping(l *wire) {
	p.after(pingEvery, func() {
		switch {
		case !l.open[p.index]:
		case l.dead || !l.open[1-p.index]:
			p.after(pingPatience, func() { p.lost(l) })
		default:
			p.after(2*p.within(maxLatency), func() {
				if l.open[p.index] && !l.dead {
					p.plan.Heard(p.clock(), l.id)
				}
				p.ping(l)
			})
		}
	})
}
