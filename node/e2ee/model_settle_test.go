package e2ee_test

// handOver notes that a letter has reached the person for whom it is.
func (m *model) handOver(p *party, id uint64) {
	if id == 0 {
		return
	}
	if p.handed[id] {
		m.tb.Fatal("a letter was handed over twice")
	}
	p.handed[id] = true
}

// meet runs a handshake that nothing disturbs.
func (m *model) meet(p *party) {
	m.begin(p)
	for range 3 {
		m.carryOn(byte(len(m.attempts)-1), byte(stored))
	}
}

// settle ends all connections, and gives the parties a network that loses
// nothing. Without anybody telling them what has happened, all letters then
// arrive, and both seal under the same session.
func (m *model) settle() {
	m.tb.Helper()
	for len(m.attempts) > 0 {
		m.end(m.attempts[0])
	}
	for _, p := range m.parties {
		m.deliverAll(p, 0)
		m.write(p, 0) // both have something to say
	}
	for len(m.attempts) > 0 { // of those who could not open what was late
		m.end(m.attempts[0])
	}
	met := m.met
	for rounds := 0; ; rounds++ {
		if rounds == 6 || m.met-met > 2 || m.calm && m.met > met {
			m.tb.Fatalf("after %d handshakes and %d rounds, letters have not arrived", m.met-met, rounds)
		}
		for _, p := range m.parties {
			if rounds == 0 { // a new connection; later only handshakes cause it
				p.known.sealAgain()
			}
			m.flush(p)
		}
		if m.quiet() {
			break
		}
	}
	for _, p := range m.parties {
		m.check(p)
	}
	if n := len(m.parties[0].handed) + len(m.parties[1].handed); n != m.letters {
		m.tb.Fatalf("%d letters of %d have arrived", n, m.letters)
	}
	a, one := m.parties[0].known.inUse()
	b, other := m.parties[1].known.inUse()
	if one == nil || other == nil || a != b {
		m.tb.Fatal("the parties disagree about the session in use")
	}
}

// flush has a party seal all that waits, and the other side open it. Who has no
// session, or cannot open what arrives, begins a handshake.
func (m *model) flush(p *party) {
	peer := m.parties[1-p.index]
	if _, l := p.known.inUse(); l == nil {
		m.meet(p)
	}
	for p.known.waiting() {
		m.say(p, byte(crashAfter)+1)
	}
	peer.trouble = 0
	calm := m.calm
	m.calm = true // no handshake before all has been tried
	m.deliverAll(peer, 0)
	if m.calm = calm; peer.trouble > 0 {
		m.meet(peer)
	}
}

// quiet reports whether nobody has anything left to say.
func (m *model) quiet() bool {
	for _, p := range m.parties {
		if len(p.known.outbox) > 0 || len(p.known.owed) > 0 {
			return false
		}
	}
	return true
}
