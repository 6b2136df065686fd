package reference

// StateVersion is the one that sessions are saved in today.
const StateVersion = 2

// Flags of a saved session.
const (
	flagSending   = 1
	flagReceiving = 2
	flagConfirmed = 4
)

// Save returns the session in the form of section "Saved sessions". The state
// version is 1 or 2; 1 loses the count of lost cells.
func (s *Session) Save(key, context, nonce []byte, stateVersion byte) []byte {
	return SaveState(s.Trace, s.state(stateVersion), key, context, nonce, stateVersion)
}

// SaveState is Save for a state in any condition.
func SaveState(t *Trace, state []Value, key, context, nonce []byte, stateVersion byte) []byte {
	sealed := t.seal(key, nonce, savedAD(stateVersion, context), state...)
	return join([]byte{stateVersion}, nonce, sealed)
}

// State returns the plaintext of a saved session.
func (s *Session) State(stateVersion byte) []byte { return joined(s.state(stateVersion)) }

// RawState is a state in any condition, for SaveState.
func RawState(b []byte) []Value { return []Value{secret("state", b)} }

func savedAD(stateVersion byte, context []byte) []byte {
	return join([]byte(labelSaved), []byte{stateVersion}, lp(context))
}

func (s *Session) state(stateVersion byte) []Value {
	role, flags := 2, 0
	if s.Initiator {
		role = 1
	}
	if s.Sending != nil {
		flags += flagSending
	}
	if s.Receiving != nil {
		flags += flagReceiving
	}
	if s.Confirmed {
		flags += flagConfirmed
	}
	state := []Value{
		public("role", u8(role)), public("flags", u8(flags)),
		public("session ID", s.ID),
		public("features", u32(uint64(s.Features))),
		public("generation", u64(s.Generation)),
		public("used", u64(s.Used)),
	}
	if stateVersion != 1 {
		state = append(state, public("lost", u64(s.Lost)))
	}
	state = append(state,
		secret("RK", s.RK), secret("NHKs", s.NHKs), secret("NHKr", s.NHKr),
		public("sending base", u64(s.SendingBase)), public("Ns", u32(s.Ns)), public("PNs", u32(s.PNs)),
		public("receiving base", u64(s.ReceivingBase)), public("Nr", u32(s.Nr)),
	)
	if s.Sending != nil {
		state = append(state,
			secret("own.x", s.Own.X), secret("seed of own.dk", s.Own.Seed),
			secret("CKs", s.Sending.CK), secret("HKs", s.Sending.HK), public("sending part", s.Sending.Part))
	}
	if s.Receiving != nil {
		state = append(state,
			secret("CKr", s.Receiving.CK), secret("HKr", s.Receiving.HK), public("receiving part", s.Receiving.Part))
	}
	state = append(state, public("chains", u8(len(s.Skipped))))
	for _, c := range s.Skipped {
		state = append(state,
			secret("HK", c.HK), public("base", u64(c.Base)), public("keys", u16(len(c.Keys))))
		for _, k := range c.Keys {
			state = append(state, public("N", u32(k.N)), public("put", u64(k.Put)), secret("cell key", k.Key))
		}
	}
	return state
}
