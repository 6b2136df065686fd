package engine_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestTwoPeople and TestThreePeople let people do what they like, while their links
// are cut, their programs die, their disks are lost and their clocks jump. Whatever
// happens, the book must be right; and once nothing goes wrong any more, all that was
// said and not called back must arrive.
func TestTwoPeople(t *testing.T) { rapid.Check(t, live("alice", "bob")) }

func TestThreePeople(t *testing.T) { rapid.Check(t, live("alice", "bob", "carol")) }

func live(names ...string) func(*rapid.T) {
	return func(t *rapid.T) {
		m := &model{world: newWorld(t, names...)}
		m.befriend(m.people[0], m.people[1])
		t.Repeat(m.actions())
		m.TB = t
		m.calm()
		m.agree(rapid.Bool().Draw(t, "both ask"))
		m.rest(t)
	}
}

// model is a world in which anything happens.
type model struct{ *world }

// actions are what can happen.
func (m *model) actions() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){"": func(*rapid.T) { m.check() }}
	for name, unit := range map[string]time.Duration{
		"pass a moment": 50 * time.Millisecond, "pass seconds": time.Second, "pass minutes": time.Minute, "pass": 10 * time.Minute,
	} {
		all[name] = func(t *rapid.T) {
			m.TB = t
			for _, p := range m.people {
				p.unite(false)
			}
			m.pass(time.Duration(rapid.IntRange(0, 30).Draw(t, "time")) * unit)
		}
	}
	for _, set := range []map[string]func(*rapid.T, *person, *person){m.words(), m.agreements(), m.files(), m.accidents()} {
		for name, do := range set {
			all[name] = func(t *rapid.T) {
				m.TB = t
				p := rapid.SampledFrom(m.people).Draw(t, "who")
				other := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(m.people), func(o *person) bool { return o == p })).Draw(t, "whom")
				// Some things are kept together with what follows.
				p.unite(rapid.IntRange(0, 2).Draw(t, "together") == 2)
				if p.engine == nil {
					p.start()
				}
				do(t, p, other)
				p.flush()
			}
		}
	}
	return all
}

// may fails if an error is none of those that may be.
func (m *model) may(err error, allowed ...error) {
	m.Helper()
	if err == nil {
		return
	}
	for _, a := range append(allowed, engine.ErrNotFound, engine.ErrNotContact, engine.ErrBlocked) {
		if errors.Is(err, a) {
			return
		}
	}
	m.Fatal(err)
}

// check checks what must be true at any time.
func (m *model) check() {
	for _, p := range m.people {
		m.book.checkOrder(p)
		cells, err := p.disk.AllCells()
		p.must(err)
		for _, other := range m.people {
			id, n := p.contact(other).ID, 0
			for _, c := range cells {
				if c.Contact == id {
					n++
				}
			}
			if n > engine.MaxInFlight {
				p.Fatalf("%s has %d cells in flight", p.name, n)
			}
		}
	}
}

// calm ends all that goes wrong.
func (m *model) calm() {
	m.latency, m.dialTime = 150*time.Millisecond, time.Second
	for _, p := range m.people {
		p.crash, p.offline, p.skew, p.slow = never, false, 0, 0
		p.unite(false)
		if p.engine == nil {
			p.start()
		}
		p.engine.Tick(p.now())
		p.flush()
	}
}

// agree makes everybody the contact of everybody else, whatever was: both sides ask, or
// one does and the other accepts.
func (m *model) agree(both bool) {
	for range 20 {
		good := true
		for i, p := range m.people {
			for _, other := range m.people[i+1:] {
				if p.knows(other) && other.knows(p) {
					continue
				}
				good = false
				p.unblock(other)
				other.unblock(p)
				if both {
					p.add(other) // with an address of now, if it was asked at another
					other.add(p)
				} else {
					m.ask(p, other)
				}
			}
		}
		if good {
			return
		}
		m.pass(40 * time.Minute)
		for _, p := range m.people { // who is accepted may be unknown, which only shows on a link
			for _, other := range m.people {
				if p.contact(other).State == ledger.Accepted {
					p.send(other, m.text(p))
				}
			}
		}
		m.pass(40 * time.Minute)
	}
	for _, p := range m.people {
		for _, other := range m.people {
			m.Logf("%s of %s: %+v", p.name, other.name, p.contact(other))
		}
		m.Logf("%s: %d items wait, %d links, errors %v", p.name, p.waiting(), len(p.plugs), p.errs)
	}
	m.Fatal("they cannot agree")
}

// knows reports whether somebody is a contact, and it is not known that we are none there.
func (p *person) knows(other *person) bool {
	c := p.contact(other)
	return c.State == ledger.Accepted && !c.Forgotten
}

func (p *person) unblock(other *person) {
	if c := p.contact(other); c.State == ledger.Blocked {
		p.must(p.engine.UnblockContact(p.now(), c.ID))
		p.flush()
	}
}

// ask lets one of two ask, and the other accept.
func (m *model) ask(p, other *person) {
	theirs := other.contact(p)
	switch ours := p.contact(other); {
	case theirs.State == ledger.Asking || theirs.State == ledger.Rejected:
		other.must(other.engine.AcceptContact(other.now(), theirs.ID))
		other.flush()
		return
	case ours.State == ledger.Requested && p.waitingFor(other) == 0 && theirs.State != ledger.Accepted:
		// The request has arrived, and was forgotten. Nobody can know that.
		p.must(p.engine.DeleteContact(p.now(), ours.ID, true))
		p.flush()
	case ours.State == ledger.Accepted && !ours.Forgotten:
		if m.byOnion[ours.Addresses[0].Onion] != other {
			other.add(p) // whose address is lost with everything else
		}
		return // p will find out, or be asked
	}
	p.add(other)
}

// waitingFor returns how many items wait for somebody.
func (p *person) waitingFor(other *person) (n int) {
	all, err := p.disk.Waiting()
	p.must(err)
	for _, it := range all {
		if it.Contact == p.contact(other).ID && it.Kind == ledger.Asks {
			n++
		}
	}
	return n
}

// rest lets everything come to rest, and checks that nothing is left to do.
func (m *model) rest(t *rapid.T) {
	no, timed := false, make(map[*person][]*person)
	for _, p := range m.people {
		files, err := p.disk.OpenFiles()
		p.must(err)
		for _, f := range files {
			m.may(p.engine.WithdrawFile(p.now(), f.Number), engine.ErrState)
		}
		for _, other := range m.people {
			if p != other {
				if rapid.Bool().Draw(t, "timer") { // both at once, or one
					d := time.Duration(rapid.IntRange(1, 99).Draw(t, "days")) * 24 * time.Hour
					p.must(p.engine.SetTimer(p.now(), p.conversation(other).ID, d))
					timed[p] = append(timed[p], other)
				}
				p.must(p.engine.UpdateContact(p.now(), p.contact(other).ID, engine.ContactUpdate{KeepConnected: &no}))
				p.send(other, m.text(p))
			}
		}
		p.flush()
	}
	m.pass(2 * time.Hour)
	m.check()
	steps := m.steps
	m.pass(24 * time.Hour)
	if n := m.steps - steps; n > 10*len(m.people) {
		m.Fatalf("%d flushes on a day on which nothing happens", n)
	}
	for p, others := range timed {
		for _, other := range others {
			if a, b := p.conversation(other).Timer, other.conversation(p).Timer; a != b {
				p.Fatalf("messages disappear after %v at %s, after %v at %s", a, p.name, b, other.name)
			}
		}
	}
	for _, p := range m.people {
		m.restOf(p)
	}
	for _, line := range m.book.lines {
		if !line.kept || line.lost {
			continue
		}
		switch s := line.from.state(line.message.Number); s {
		case ledger.Delivered, ledger.Read:
			if !line.arrived && !line.given {
				m.Fatalf("%q is in state %d, and has not arrived", line.message.Body, s)
			}
		case ledger.Cancelled, ledger.Expired, ledger.Failed:
		default:
			m.Fatalf("%q is in state %d in the end", line.message.Body, s)
		}
	}
}

func (m *model) restOf(p *person) {
	if len(p.plugs) > 0 {
		p.Fatalf("%s has %d links in the end", p.name, len(p.plugs))
	}
	if n := p.waiting(); n > 0 {
		p.Fatalf("%s: %d items wait in the end", p.name, n)
	}
	if cells, _ := p.disk.AllCells(); len(cells) > 0 {
		p.Fatalf("%s: %d cells are kept in the end", p.name, len(cells))
	}
	if files, _ := p.disk.OpenFiles(); len(files) > 0 {
		p.Fatalf("%s: %d files are open in the end", p.name, len(files))
	}
	if p.engine.Moving() {
		p.Fatalf("%s is moving in the end", p.name)
	}
	for _, other := range m.people {
		if p != other && p.engine.Loaded(p.contact(other).ID) {
			p.Fatalf("%s: sessions are in memory in the end", p.name)
		}
	}
}
