package engine_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// rogue is somebody with an identity and sessions of their own, who keeps to no rules.
type rogue struct {
	*person

	victim   *person
	sessions *e2ee.Sessions
	plug     *plug // at the victim's end
	stream   uint64
	base     uint64
	next     uint64
	heard    []wire.Content
}

// newRogue makes a rogue who is connected with the victim as a stranger.
func newRogue(w *world, name string, victim *person) *rogue {
	w.Helper()
	r := &rogue{person: newPerson(w, name), victim: victim, sessions: new(e2ee.Sessions), stream: 1}
	r.engine = nil
	r.connect()
	return r
}

// newRogueContact makes one who is a contact of the victim.
func newRogueContact(w *world, name string, victim *person) *rogue {
	w.Helper()
	r := newRogue(w, name, victim)
	r.must(r.say(r.request()))
	victim.must(victim.engine.AcceptContact(victim.now(), victim.contact(r.person).ID))
	victim.flush()
	w.pass(0)
	return r
}

func (r *rogue) request() wire.Request {
	return wire.Request{Name: r.name, Introduction: "hello", Addresses: wire.Addresses{wire.Address(r.addresses[0])}}
}

// connect opens a link with a handshake.
func (r *rogue) connect() {
	r.Helper()
	v := r.victim
	id, err := v.engine.Admit(r.peer)
	r.must(err)
	o := engine.Opening{Generation: 1}
	if id != 0 {
		v.load(id)
		o, err = v.engine.Opening(id, false)
		r.must(err)
	}
	a, err := e2ee.NewInitiator(r.expecting(v, r.sessions.Generation(), true))
	r.must(err)
	b, err := e2ee.NewResponder(v.expecting(r.person, o.Generation, o.Known))
	r.must(err)
	from, to := a, b
	for range 3 {
		msg, err := from.Write()
		r.must(err)
		r.must(to.Read(msg))
		from, to = to, from
	}
	own, err := a.Session()
	r.must(err)
	_, err = r.sessions.Add(own, r.now())
	r.must(err)
	theirs, err := b.Session()
	r.must(err)
	r.attach(id)
	if id == 0 {
		r.must(v.engine.StrangerUp(v.now(), r.plug.link, r.peer, theirs))
	} else {
		name := theirs.SessionID()
		r.must(v.engine.AddSession(v.now(), id, theirs, true))
		r.must(v.engine.LinkUp(v.now(), engine.LinkUp{Link: r.plug.link, Contact: id, Session: &name}))
	}
	v.flush()
}

// attach lays a cable of which the victim has an end.
func (r *rogue) attach(id ledger.ContactID) {
	v := r.victim
	c := &cable{world: r.world}
	c.ends[0] = &plug{cable: c, person: r.person, life: r.life, sink: r.hear}
	c.ends[1] = &plug{cable: c, person: v, life: v.life, other: c.ends[0], contact: id}
	c.ends[0].other = c.ends[1]
	v.lastLink++
	r.plug = c.ends[1]
	r.plug.link = v.lastLink
	v.plugs[r.plug.link] = r.plug
	r.cables = append(r.cables, c)
}

func (r *rogue) hear(cell []byte) {
	opened, err := r.sessions.Open(cell, r.now())
	if err != nil {
		return // one that was sent again
	}
	content, err := wire.DecodeContent(opened.Content)
	r.must(err)
	r.heard = append(r.heard, content)
}

// ack confirms all that was heard.
func (r *rogue) ack() (a wire.Ack) {
	for _, c := range r.heard {
		if a.Stream != c.Stream {
			a = wire.Ack{Stream: c.Stream}
		}
		if len(c.Items) > 0 {
			a.Next = max(a.Next, c.First+uint64(len(c.Items)))
		}
	}
	return a
}

// say says things in good order.
func (r *rogue) say(bodies ...wire.Body) error {
	r.Helper()
	content := wire.Content{Stream: r.stream, Base: r.base, First: r.next, Ack: r.ack()}
	for _, body := range bodies {
		item, err := wire.EncodeItem(wire.Item{Body: body})
		r.must(err)
		content.Items = append(content.Items, item)
	}
	r.next += uint64(len(bodies))
	return r.tell(content)
}

// tell says anything. What the engine makes of it is returned.
func (r *rogue) tell(content wire.Content) error {
	r.Helper()
	b, err := content.Encode()
	r.must(err)
	sealed, err := r.sessions.Seal(b, r.now())
	r.must(err)
	return r.give(sealed.Cell)
}

// give gives the victim a cell.
func (r *rogue) give(cell []byte) error {
	r.Helper()
	err := r.victim.engine.Receive(r.victim.now(), r.plug.link, cell)
	r.victim.flush()
	r.pass(0)
	return err
}

// up reports whether the victim has kept the link.
func (r *rogue) up() bool { return r.victim.plugs[r.plug.link] != nil && !r.plug.over }

// items returns what was heard, each item once.
func (r *rogue) items() (all []wire.Body) {
	r.Helper()
	next := make(map[uint64]uint64)
	for _, c := range r.heard {
		for i, raw := range c.Items {
			if n := c.First + uint64(i); n >= next[c.Stream] {
				next[c.Stream] = n + 1
				it, err := wire.DecodeItem(raw)
				r.must(err)
				all = append(all, it.Body)
			}
		}
	}
	return all
}

// is fails unless an error is the one that is wanted.
func is(t *testing.T, err, want error) {
	t.Helper()
	if !matches(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}
