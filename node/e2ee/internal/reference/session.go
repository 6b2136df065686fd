package reference

import "slices"

// Session is the state of section "The ratchet" and what a saved session holds
// beside it.
type Session struct {
	Trace      *Trace
	Initiator  bool
	Confirmed  bool // a responder's always is
	ID         []byte
	Features   uint32
	Generation uint64
	Used       uint64 // when it joined others, sealed or opened last, in Unix seconds; 0 if it has not joined
	Lost       uint64 // cells given up

	RK, NHKs, NHKr []byte

	// Own and Sending are nil between a receiving step and the next sending one;
	// the numbers below then stand for the chain that was.
	Own         *Pair
	Sending     *Chain
	SendingBase uint64 // number of the chain's first cell
	Ns, PNs     uint64

	// Receiving is nil for a responder before the first cell. The peer's public
	// keys are in its ratchet part.
	Receiving     *Chain
	ReceivingBase uint64
	Nr            uint64

	Skipped []SkippedChain // the oldest first

	// LastStep is the latest step that this side took, or nil.
	LastStep *Step
}

// Step is what a step of the ratchet, sending or receiving, was made of.
type Step struct {
	Part   []byte
	Bind   []byte
	Shared []byte // of X25519
	SS     []byte // of ML-KEM
}

// Pair is a ratchet key pair, by the secrets it is made from.
type Pair struct {
	X    []byte // X25519 scalar
	Seed []byte // ML-KEM seed, 64 bytes
}

// Chain is one side's cells under one ratchet key pair.
type Chain struct {
	CK, HK []byte
	Part   []byte // X ‖ ek ‖ ct
}

func (c Chain) point() []byte { return c.Part[:32] }
func (c Chain) ek() []byte    { return c.Part[32:1216] }
func (c Chain) ct() []byte    { return c.Part[1216:] }

// SkippedChain holds the keys of a chain's cells that have not arrived, by
// ascending N.
type SkippedChain struct {
	HK   []byte
	Base uint64
	Keys []SkippedKey
}

// SkippedKey is the key of one cell.
type SkippedKey struct {
	N   uint64
	Put uint64 // when, in Unix seconds
	Key []byte
}

// Clone returns a copy that shares the trace and no state. Byte strings are
// shared: nothing here changes one in place.
func (s *Session) Clone() *Session {
	c := *s
	if s.Own != nil {
		own := *s.Own
		c.Own = &own
	}
	if s.Sending != nil {
		chain := *s.Sending
		c.Sending = &chain
	}
	if s.Receiving != nil {
		chain := *s.Receiving
		c.Receiving = &chain
	}
	c.Skipped = slices.Clone(s.Skipped)
	for i := range c.Skipped {
		c.Skipped[i].Keys = slices.Clone(c.Skipped[i].Keys)
	}
	return &c
}

// Secrets returns every secret that the state holds: what a thief of it knows.
func (s *Session) Secrets() [][]byte {
	found := [][]byte{s.RK, s.NHKs, s.NHKr}
	if s.Own != nil {
		found = append(found, s.Own.X, s.Own.Seed)
	}
	for _, c := range []*Chain{s.Sending, s.Receiving} {
		if c != nil {
			found = append(found, c.CK, c.HK)
		}
	}
	for _, c := range s.Skipped {
		found = append(found, c.HK)
		for _, k := range c.Keys {
			found = append(found, k.Key)
		}
	}
	return found
}

// Draw is the randomness of sealing one cell. All but the nonce is for a
// sending step, and not read if there is none.
type Draw struct {
	X     []byte // X25519 scalar of the new pair
	Seed  []byte // ML-KEM seed of it
	M     []byte // randomness of the encapsulation
	Nonce []byte
}

// SendingStep makes a new own pair and the chain that belongs to it.
func (s *Session) SendingStep(d Draw) {
	t, peer := s.Trace, s.Receiving
	x, ek := t.point(d.X), t.keyGen(d.Seed)
	ss, ct := t.encaps(peer.ek(), d.M)
	part := join(x, ek, ct)
	bind := t.bind(part, peer.point(), peer.ek())
	shared := t.x25519(d.X, peer.point())
	var ck, next []byte
	s.RK, ck, next = t.ratchet(s.RK, shared, ss, bind)
	s.LastStep = &Step{part, bind, shared, ss}
	s.Sending = &Chain{CK: ck, HK: s.NHKs, Part: part}
	s.NHKs = next
	s.SendingBase += s.Ns
	s.PNs, s.Ns = s.Ns, 0
	s.Own = &Pair{X: d.X, Seed: d.Seed}
}

// receivingStep begins the chain that a header with the given part belongs to;
// pn cells were in the one before it.
func (s *Session) receivingStep(part []byte, pn uint64) {
	t, c := s.Trace, &Chain{Part: part}
	ownX, ownEK := t.point(s.Own.X), t.keyGen(s.Own.Seed)
	bind := t.bind(part, ownX, ownEK)
	shared := t.x25519(s.Own.X, c.point())
	ss := t.decaps(s.Own.Seed, c.ct())
	c.HK = s.NHKr
	s.RK, c.CK, s.NHKr = t.ratchet(s.RK, shared, ss, bind)
	s.LastStep = &Step{part, bind, shared, ss}
	s.Receiving, s.Nr = c, 0
	s.ReceivingBase += pn
	s.Own, s.Sending = nil, nil
}

func (t *Trace) bind(part, x, ek []byte) []byte {
	return t.sha256("bind", public("part", part), public("X", x), public("ek", ek))
}

func (t *Trace) ratchet(rk, shared, ss, bind []byte) (newRK, ck, nhk []byte) {
	prk := t.extract(secret("RK", rk), secret("shared", shared), secret("ss", ss))
	out := t.expand(prk, join([]byte(labelRatchet), bind), "RK", "CK", "NHK")
	return out[0], out[1], out[2]
}

// ChainStep returns the key of one cell and the next chain key.
func (t *Trace) ChainStep(ck []byte) (cellKey, next []byte) {
	return t.hmac("cell key", secret("CK", ck), public("1", u8(1))),
		t.hmac("CK", secret("CK", ck), public("2", u8(2)))
}
