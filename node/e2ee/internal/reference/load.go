package reference

import (
	"bytes"
	"math"
	"slices"
)

// Load reads a saved session back.
func Load(t *Trace, saved, key, context []byte) (*Session, error) {
	if len(saved) == 0 || saved[0] == 0 {
		return nil, ErrSaved
	}
	if saved[0] > StateVersion {
		return nil, ErrNewer
	}
	if len(saved) < 1+nonceSize+tagSize {
		return nil, ErrSaved
	}
	state, err := t.open("state", key, saved[1:25], savedAD(saved[0], context), saved[25:])
	if err != nil {
		return nil, ErrSaved
	}
	s, ok := parseState(state, saved[0])
	if !ok {
		return nil, ErrSaved
	}
	s.Trace = t
	return s, nil
}

// reader takes fields off a state; bad is set when there are too few bytes.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.bad = true
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return bytes.Clone(b)
}

func (r *reader) number(n int) uint64 { return number(r.take(n)) }

func parseState(state []byte, stateVersion byte) (*Session, bool) {
	r, s := &reader{rest: state}, &Session{}
	role, flags := r.number(1), r.number(1)
	s.Initiator, s.Confirmed = role == 1, flags&flagConfirmed != 0
	s.ID = r.take(32)
	s.Features = uint32(r.number(4))
	s.Generation = r.number(8)
	s.Used = r.number(8)
	if stateVersion != 1 {
		s.Lost = r.number(8)
	}
	s.RK, s.NHKs, s.NHKr = r.take(32), r.take(32), r.take(32)
	s.SendingBase, s.Ns, s.PNs = r.number(8), r.number(4), r.number(4)
	s.ReceivingBase, s.Nr = r.number(8), r.number(4)
	if flags&flagSending != 0 {
		s.Own = &Pair{X: r.take(32), Seed: r.take(64)}
		s.Sending = &Chain{CK: r.take(32), HK: r.take(32), Part: r.take(PartSize)}
	}
	if flags&flagReceiving != 0 {
		s.Receiving = &Chain{CK: r.take(32), HK: r.take(32), Part: r.take(PartSize)}
	}
	chains := r.number(1)
	if r.bad || role != 1 && role != 2 || flags > 7 || chains > MaxSkippedChains {
		return nil, false
	}
	for range chains {
		c := SkippedChain{HK: r.take(32), Base: r.number(8)}
		keys := r.number(2)
		if keys < 1 || keys > MaxSkippedInChain {
			return nil, false
		}
		for range keys {
			c.Keys = append(c.Keys, SkippedKey{N: r.number(4), Put: r.number(8), Key: r.take(32)})
		}
		s.Skipped = append(s.Skipped, c)
	}
	return s, !r.bad && len(r.rest) == 0 && s.possible()
}

// possible makes those checks of a state that do not concern its layout.
func (s *Session) possible() bool {
	if s.Initiator && s.Receiving == nil ||
		!s.Initiator && (!s.Confirmed || s.Sending == nil && s.Receiving == nil) {
		return false
	}
	if c := s.Receiving; c != nil && (!AcceptablePoint(c.point()) || !ModulusCheck(c.ek())) {
		return false
	}
	if s.Generation == 0 || s.Used > math.MaxInt64 {
		return false
	}
	total := 0
	for _, c := range s.Skipped {
		total += len(c.Keys)
		for i := 1; i < len(c.Keys); i++ {
			if c.Keys[i].N <= c.Keys[i-1].N {
				return false
			}
		}
		if slices.ContainsFunc(c.Keys, func(k SkippedKey) bool { return k.Put > math.MaxInt64 }) {
			return false
		}
	}
	return total <= MaxSkipped
}
