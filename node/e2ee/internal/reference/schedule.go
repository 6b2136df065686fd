package reference

// Keys are what a handshake ends in, section "Key schedule".
type Keys struct {
	Hash, K1, K2, KEM []byte
	Initial           []byte
	Root              []byte
	FirstChain        []byte
	FirstHeader       []byte
	NextFromInitiator []byte
	NextFromResponder []byte
	SessionID         []byte
}

func newKeys(t *Trace, s *symmetric, kem []byte) Keys {
	k := Keys{Hash: s.h, KEM: kem}
	k.K1, k.K2 = s.split()
	prk := t.extract(public("h", k.Hash), secret("k1", k.K1), secret("k2", k.K2), secret("kem", kem))
	k.Initial = t.expand(prk, []byte(labelInitial), "initial secret")[0]
	expand := func(label string) []byte {
		return t.expand(secret("initial secret", k.Initial), []byte(label), label)[0]
	}
	k.Root = expand(labelRoot)
	k.FirstChain = expand(labelFirstChain)
	k.FirstHeader = expand(labelFirstHeader)
	k.NextFromInitiator = expand(labelNextInitiator)
	k.NextFromResponder = expand(labelNextResponder)
	k.SessionID = expand(labelSessionID)
	return k
}

// Session returns the session that a complete handshake ends in. Every call
// returns a new one in its first state.
func (h *Handshake) Session() *Session {
	part := join(h.RatchetPoint, h.RatchetKey, make([]byte, ctSize))
	s := &Session{
		Trace:      h.Trace,
		Initiator:  h.Initiator,
		ID:         h.Keys.SessionID,
		Features:   h.AgreedFeatures(),
		Generation: h.AgreedGeneration(),
		RK:         h.Keys.Root,
	}
	if h.Initiator {
		s.Receiving = &Chain{CK: h.Keys.FirstChain, HK: h.Keys.FirstHeader, Part: part}
		s.NHKs, s.NHKr = h.Keys.NextFromInitiator, h.Keys.NextFromResponder
		return s
	}
	s.Confirmed = true
	s.Own = &Pair{X: h.RatchetX, Seed: h.RatchetSeed}
	s.Sending = &Chain{CK: h.Keys.FirstChain, HK: h.Keys.FirstHeader, Part: part}
	s.NHKs, s.NHKr = h.Keys.NextFromResponder, h.Keys.NextFromInitiator
	return s
}
