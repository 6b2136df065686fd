package engine_test

import (
	"crypto/ed25519"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// expecting is what a handshake with somebody needs.
func (p *person) expecting(other *person, generation uint64, known bool) e2ee.HandshakeConfig {
	return e2ee.HandshakeConfig{
		Identity: p.identity, LocalID: p.peer, RemoteID: other.peer, RemoteKey: other.key.Public().(ed25519.PublicKey),
		Generation: generation, KnowsRemote: known,
	}
}

// load gives the engine what it needs of a contact.
func (p *person) load(id ledger.ContactID) {
	if p.engine.Loaded(id) {
		return
	}
	sessions, err := p.disk.Sessions(id)
	p.must(err)
	cells, err := p.disk.Cells(id)
	p.must(err)
	p.must(p.engine.Load(p.now(), id, engine.Loaded{Sessions: sessions, Cells: cells}))
}

// say sends the next message of the handshake.
func (l *plug) say() {
	msg, err := l.hs.Write()
	l.person.must(err)
	l.send(msg)
}

// up tells the engine of the link.
func (l *plug) up(session *e2ee.SessionID, outbound bool) {
	p := l.person
	p.lastLink++
	p.load(l.contact)
	up := engine.LinkUp{Link: p.lastLink, Contact: l.contact, Outbound: outbound, Session: session}
	l.link = p.lastLink
	p.plugs[l.link] = l
	if err := p.engine.LinkUp(p.now(), up); err != nil {
		l.close(false)
	}
}

// begin takes the first frame of somebody else.
func (l *plug) begin(frame []byte) {
	p, from := l.person, l.other.person
	id, err := p.engine.Admit(from.peer)
	if err != nil {
		l.cut()
		return
	}
	if l.contact = id; len(frame) != e2ee.Message1Size {
		if id == 0 {
			l.cut()
			return
		}
		l.up(nil, false)
		p.flush() // a program may do other things before it gives the cell to the engine
		if p.engine == nil || p.life != l.life {
			return
		}
		if err := p.engine.Receive(p.now(), l.link, frame); err != nil {
			p.errs = append(p.errs, err)
		}
		return
	}
	o := engine.Opening{Generation: 1}
	if id != 0 {
		p.load(id)
		o, err = p.engine.Opening(id, false)
		p.must(err)
	}
	l.hs, err = e2ee.NewResponder(p.expecting(from, o.Generation, o.Known))
	p.must(err)
	p.must(l.hs.Read(frame))
	l.say()
}

// finish takes the second message of a handshake, and sends the third.
func (l *plug) finish(frame []byte) {
	p := l.person
	p.must(l.hs.Read(frame))
	msg, err := l.hs.Write()
	p.must(err)
	session, err := l.hs.Session()
	p.must(err)
	id := session.SessionID()
	p.load(l.contact)
	if err := p.engine.AddSession(p.now(), l.contact, session, l.hs.RemoteKnowsUs()); err != nil {
		l.cut()
		return
	}
	p.flush() // it is kept before the message leaves
	if p.engine == nil || p.life != l.life {
		return
	}
	if l.over {
		p.engine.Suspend(l.contact, id)
		p.engine.DialFailed(p.now(), l.contact, false)
		return
	}
	l.send(msg)
	l.up(&id, true)
}

// finished takes the third.
func (l *plug) finished(frame []byte) {
	p, from := l.person, l.other.person
	p.must(l.hs.Read(frame))
	session, err := l.hs.Session()
	p.must(err)
	if l.contact, err = p.engine.Admit(from.peer); err != nil {
		session.Close()
		l.cut()
		return
	}
	if l.contact == 0 {
		p.lastLink++
		l.link = p.lastLink
		p.plugs[l.link] = l
		p.must(p.engine.StrangerUp(p.now(), l.link, from.peer, session))
		return
	}
	p.load(l.contact)
	id := session.SessionID()
	p.must(p.engine.AddSession(p.now(), l.contact, session, l.hs.RemoteKnowsUs()))
	l.up(&id, false)
}
