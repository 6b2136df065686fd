package reference

import (
	"bytes"
	"slices"
)

// expire erases skipped keys that have become too old, step 2. A key from the
// future, after a clock was set back, is not old.
func (s *Session) expire(now uint64) {
	old := func(k SkippedKey) bool { return now > k.Put && now-k.Put > MaxSkippedAge }
	for i := range s.Skipped {
		c := &s.Skipped[i]
		before := len(c.Keys)
		c.Keys = slices.DeleteFunc(slices.Clone(c.Keys), old)
		s.Lost += uint64(before - len(c.Keys))
	}
	s.dropEmpty()
}

// skipUntil keeps the keys Nr … n − 1 of the receiving chain.
func (s *Session) skipUntil(n, now uint64) {
	for s.Nr < n {
		key := SkippedKey{N: s.Nr, Put: now}
		key.Key = s.nextKey()
		s.keep(key)
	}
}

// keep puts a key there, and erases the oldest that are too many then. Chains,
// and keys in a chain, are in the order in which they were put there.
func (s *Session) keep(key SkippedKey) {
	hk := s.Receiving.HK
	i := slices.IndexFunc(s.Skipped, func(c SkippedChain) bool { return bytes.Equal(c.HK, hk) })
	if i < 0 {
		i = len(s.Skipped)
		s.Skipped = append(s.Skipped, SkippedChain{HK: hk, Base: s.ReceivingBase})
	}
	c := &s.Skipped[i]
	c.Keys = append(slices.Clone(c.Keys), key)
	if len(c.Keys) > MaxSkippedInChain {
		c.Keys = c.Keys[1:]
		s.Lost++
	}
	total := 0
	for _, c := range s.Skipped {
		total += len(c.Keys)
	}
	if total > MaxSkipped {
		s.Skipped[0].Keys = s.Skipped[0].Keys[1:]
		s.Lost++
	}
	s.dropEmpty()
	if len(s.Skipped) > MaxSkippedChains {
		s.Lost += uint64(len(s.Skipped[0].Keys))
		s.Skipped = s.Skipped[1:]
	}
}

// takeSkipped removes the key of an earlier cell and returns it, step 6.
func (s *Session) takeSkipped(hk []byte, n uint64) ([]byte, error) {
	for i := range s.Skipped {
		c := &s.Skipped[i]
		if !bytes.Equal(c.HK, hk) {
			continue
		}
		for j, k := range c.Keys {
			if k.N == n {
				c.Keys = slices.Delete(slices.Clone(c.Keys), j, j+1)
				s.dropEmpty()
				return k.Key, nil
			}
		}
	}
	return nil, ErrRepeated
}

func (s *Session) dropEmpty() {
	s.Skipped = slices.DeleteFunc(slices.Clone(s.Skipped), func(c SkippedChain) bool { return len(c.Keys) == 0 })
}
