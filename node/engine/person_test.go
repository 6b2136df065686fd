package engine_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
)

// person is somebody with an engine and a disk: what drives the engine as a program
// does.
type person struct {
	*world

	name      string
	key       ed25519.PrivateKey
	identity  *e2ee.Identity
	peer      []byte
	stateKey  *e2ee.StateKey
	addresses []ledger.Address
	told      []ledger.Address // all that were ever told since the first
	settings  engine.Settings
	rand      source

	disk   *memory.Ledger
	backup *memory.Ledger // nil: none
	engine *engine.Engine // nil: the program does not run
	life   int            // how often it was started
	skew   time.Duration  // by how much the clock is wrong

	lastLink engine.LinkID
	plugs    map[engine.LinkID]*plug
	dials    map[ledger.ContactID]*bool // whether it was cancelled
	offline  bool
	together bool // nothing is flushed for now
	crash    crash
	slow     time.Duration // how long it takes to write a cell

	signals []engine.Signal
	written int      // cells that were given to links
	errs    []error  // of Receive
	seen    [][]byte // cells that were given to links, the last ones
}

// crash is when the program dies during the next flush.
type crash int

const (
	never crash = iota
	beforeCommit
	afterCommit
	betweenCells
)

func newPerson(w *world, name string) *person {
	p := &person{world: w, name: name, rand: sourceFor(name), disk: memory.New()}
	p.key = ed25519.NewKeyFromSeed(p.seed(0))
	var err error
	p.identity, err = e2ee.NewIdentity(p.key)
	p.must(err)
	p.peer = []byte("peer of " + name)
	p.stateKey, err = e2ee.NewStateKey(bytes.Repeat([]byte{name[0]}, e2ee.StateKeySize))
	p.must(err)
	p.settings.Name = name
	p.addresses = []ledger.Address{p.newAddress(0)}
	p.start()
	return p
}

// newAddress makes an onion address under which the person can be reached.
func (p *person) newAddress(n byte) ledger.Address {
	key := ed25519.NewKeyFromSeed(p.seed(n + 1)).Public().(ed25519.PublicKey)
	a := ledger.Address{Onion: [32]byte(key), Port: 80}
	p.byOnion[a.Onion] = p
	return a
}

// seed is what the keys of the person are made of.
func (p *person) seed(n byte) []byte {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, p.name)
	seed[len(seed)-1] = n
	return seed
}

func (p *person) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatalf("%s: %v", p.name, err)
	}
}

func (p *person) now() time.Time { return p.world.now.Add(p.skew) }

// start makes an engine of what is on the disk.
func (p *person) start() {
	p.Helper()
	p.life++
	p.plugs, p.dials = make(map[engine.LinkID]*plug), make(map[ledger.ContactID]*bool)
	e, err := engine.New(engine.Config{
		Peer: p.peer, Key: p.stateKey, Addresses: p.addresses, Rand: p.rand,
	}, p.snapshot(), p.now())
	p.must(err)
	p.engine = e
	if told, _ := p.disk.Setting("told"); len(told) > 0 && int(told[0]) != len(p.told) {
		p.tell()
	}
	p.flush()
}

func (p *person) snapshot() engine.Snapshot {
	s := engine.Snapshot{Settings: p.settings}
	var errs [9]error
	s.Counters, errs[0] = p.disk.Counters()
	s.Contacts, errs[1] = p.disk.Contacts()
	s.Streams, errs[2] = p.disk.Streams()
	s.Conversations, errs[3] = p.disk.Conversations()
	s.Items, errs[4] = p.disk.Waiting()
	s.Cells, errs[5] = p.disk.AllCells()
	s.Invites, errs[6] = p.disk.Invites()
	s.Files, errs[7] = p.disk.OpenFiles()
	s.Ended, errs[8] = p.disk.EndedFiles()
	p.must(errors.Join(errs[:]...))
	return s
}

// unite lets what follows be kept together, or keeps what was to be.
func (p *person) unite(on bool) {
	p.Helper()
	if p.together = on; !on {
		p.flush()
	}
}

// die ends the program at once. Others hear of it when their links are cut.
func (p *person) die() {
	p.engine, p.crash, p.together = nil, never, false
	for _, c := range slices.Clone(p.cables) {
		if c.ends[0].person == p || c.ends[1].person == p {
			c.cut()
		}
	}
}

// restart is a crash, and a new start.
func (p *person) restart() {
	p.Helper()
	if p.engine != nil {
		p.die()
	}
	p.start()
}

// flush does what every program does after it has told the engine something.
func (p *person) flush() {
	p.Helper()
	for more := !p.together; more && p.engine != nil; {
		for _, id := range p.engine.Needs(p.now()) {
			content, err := p.disk.ItemContent(id)
			p.must(err)
			p.engine.Provide(id, content)
		}
		out, err := p.engine.Flush(p.now())
		p.must(err)
		p.steps++
		p.carryOut(out)
		more = out.More
	}
}

func (p *person) carryOut(out engine.Output) {
	p.Helper()
	if p.crash == beforeCommit {
		p.die()
		return
	}
	p.book.commit(p, out.Changes)
	if p.crash == afterCommit {
		p.die()
		return
	}
	for _, o := range out.Cells {
		p.write(o)
		if p.crash == betweenCells {
			p.die()
			return
		}
	}
	for _, c := range out.Close {
		if l := p.plugs[c.Link]; l != nil {
			l.close(c.Orderly)
		}
	}
	for _, d := range out.Dial {
		p.dial(d)
	}
	p.signals = append(p.signals, out.Signals...)
}

func (p *person) write(o engine.Outgoing) {
	p.written++
	p.seen = append(p.seen[max(0, len(p.seen)-99):], o.Cell)
	l := p.plugs[o.Link]
	if l == nil {
		p.Fatalf("%s writes on link %d, which is not there", p.name, o.Link)
	}
	l.send(o.Cell)
	life := p.life
	p.after(p.slow, func() {
		if p.life == life && p.engine != nil {
			p.engine.Written(o.Link, 1)
			p.flush()
		}
	})
}

func (p *person) tick() {
	p.engine.Tick(p.now())
	p.flush()
	if next := p.engine; next != nil && !next.Next().IsZero() && !next.Next().After(p.now()) {
		p.Fatalf("%s: after a Tick another is wanted %v ago", p.name, p.now().Sub(next.Next()))
	}
}

// GoString is what is printed of an example that fails.
func (p *person) GoString() string { return fmt.Sprintf("%s, life %d", p.name, p.life) }
