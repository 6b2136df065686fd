package e2ee

import (
	"slices"
	"time"
)

// Bounds of the keys that are kept for cells which have not arrived
// (docs/protocol.md, "Constants" and "Bounds").
const (
	// MaxJump is how many cells one cell may skip: about a millisecond of work. Where
	// more are lost in a row, a new handshake helps (docs/protocol.md, "Several
	// sessions with one contact").
	MaxJump = 1024
	// MaxSkippedInChain is how many keys are kept of one chain.
	MaxSkippedInChain = 1024
	// MaxSkipped is how many keys are kept in a session: about 90 KB of state.
	MaxSkipped = 2048
	// MaxSkippedChains is of how many chains: each costs an attempt at the header
	// of every cell that fits nothing else.
	MaxSkippedChains = 8
	// MaxSkippedAge is for how long they are kept.
	MaxSkippedAge = 30 * 24 * time.Hour
)

// skippedKey is the key of a cell that has not arrived.
type skippedKey struct {
	redacted

	n     uint32
	since int64 // seconds since 1970
	key   secret
}

// skippedChain has the skipped keys of one chain, by ascending n.
type skippedChain struct {
	redacted

	header secret
	first  uint64
	keys   []skippedKey
}

// find returns the index of the key of cell n.
func (c *skippedChain) find(n uint32) (int, bool) {
	return slices.BinarySearchFunc(c.keys, n, func(k skippedKey, n uint32) int {
		switch {
		case k.n < n:
			return -1
		case k.n > n:
			return 1
		default:
			return 0
		}
	})
}

// remove erases the keys from index i up to j. slices.Delete clears the places
// at the end that it vacates, and overwrites the others.
func (c *skippedChain) remove(i, j int) { c.keys = slices.Delete(c.keys, i, j) }

func (c *skippedChain) wipe() {
	c.header.Wipe()
	clear(c.keys)
}

// skippedKeys are all of a session, the oldest chain first.
type skippedKeys struct {
	redacted

	chains []*skippedChain
	total  int
	lost   uint64 // cells whose keys were given up
}

// of returns the skipped keys of the chain with that header key, or nil.
func (s *skippedKeys) of(header *secret) *skippedChain {
	for _, c := range s.chains {
		if c.header.Equal(header) {
			return c
		}
	}
	return nil
}

// take removes and erases the key of cell n of chain c, which was used.
func (s *skippedKeys) take(c *skippedChain, n uint32) {
	if i, ok := c.find(n); ok {
		c.remove(i, i+1)
		s.total--
		s.dropEmpty()
	}
}

// add files keys that were skipped in the chain, and keeps the bounds.
func (s *skippedKeys) add(from *chain, keys []skippedKey) {
	if len(keys) == 0 {
		return
	}
	c := s.of(&from.header)
	if c == nil {
		c = &skippedChain{header: from.header, first: from.first}
		s.chains = append(s.chains, c)
	}
	// Growing in place would leave copies of the keys behind.
	grown := append(append(make([]skippedKey, 0, len(c.keys)+len(keys)), c.keys...), keys...)
	clear(c.keys)
	c.keys = grown
	s.total += len(keys)
	if over := len(c.keys) - MaxSkippedInChain; over > 0 {
		s.giveUp(c, over)
	}
	for len(s.chains) > MaxSkippedChains {
		s.giveUp(s.chains[0], len(s.chains[0].keys))
	}
	for s.total > MaxSkipped {
		s.giveUp(s.chains[0], min(s.total-MaxSkipped, len(s.chains[0].keys)))
	}
}

// giveUp erases the n oldest keys of a chain.
func (s *skippedKeys) giveUp(c *skippedChain, n int) {
	c.remove(0, n)
	s.total -= n
	s.lost += uint64(n)
	s.dropEmpty()
}

// expire erases what is older than MaxSkippedAge. A clock that was set back
// makes nothing older.
func (s *skippedKeys) expire(now int64) {
	for _, c := range s.chains {
		before := len(c.keys)
		c.keys = slices.DeleteFunc(c.keys, func(k skippedKey) bool {
			return now-k.since > int64(MaxSkippedAge/time.Second)
		})
		s.total -= before - len(c.keys)
		s.lost += uint64(before - len(c.keys))
	}
	s.dropEmpty()
}

func (s *skippedKeys) dropEmpty() {
	s.chains = slices.DeleteFunc(s.chains, func(c *skippedChain) bool {
		if len(c.keys) > 0 {
			return false
		}
		c.wipe()
		return true
	})
}

func (s *skippedKeys) wipe() {
	for _, c := range s.chains {
		c.wipe()
	}
	s.chains, s.total = nil, 0
}
