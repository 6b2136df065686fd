package e2ee

import (
	"bytes"
	"fmt"
)

// tryChains finds the chain that a cell belongs to by its header, and opens it
// (docs/protocol.md, "Opening a cell", steps 3 to 8).
func (s *Session) tryChains(cell []byte, now int64) (*Opened, error) {
	var scratch [headerSize]byte
	defer clear(scratch[:])
	r := s.ratchet
	if r.peer != nil {
		if h, ok := openHeader(scratch[:], cell, &s.id, &r.recv.header); ok {
			return s.openInChain(cell, h, now)
		}
	}
	// The next chain begins with a step that needs our own pair.
	if r.own != nil {
		if h, ok := openHeader(scratch[:], cell, &s.id, &r.nextRecv); ok {
			return s.openInNext(cell, h, now)
		}
	}
	for i := len(s.skipped.chains) - 1; i >= 0; i-- {
		c := s.skipped.chains[i]
		if h, ok := openHeader(scratch[:], cell, &s.id, &c.header); ok {
			return s.openSkipped(cell, c, h.n)
		}
	}
	return nil, ErrDecrypt
}

// openInChain opens a cell of the receiving chain.
func (s *Session) openInChain(cell []byte, h header, now int64) (*Opened, error) {
	current := &s.ratchet.recv
	if !bytes.Equal(h.part[:], current.part[:]) {
		return nil, fmt.Errorf("%w: ratchet keys changed within a chain", ErrMalformed)
	}
	if h.n == maxChain {
		return nil, fmt.Errorf("%w: the chain is too long", ErrMalformed)
	}
	if h.n < current.n {
		return s.openSkipped(cell, s.skipped.of(&current.header), h.n)
	}
	if h.n-current.n > MaxJump {
		return nil, ErrGap
	}
	next := *s.ratchet
	defer next.wipe()
	skipped := next.recv.skipTo(h.n, now)
	defer clear(skipped)
	opened, err := next.recv.openNext(cell)
	if err != nil {
		return nil, err
	}
	*s.ratchet = next
	s.skipped.add(&s.ratchet.recv, skipped)
	return opened, nil
}

// openInNext opens a cell with which the peer begins a new chain.
func (s *Session) openInNext(cell []byte, h header, now int64) (*Opened, error) {
	current := &s.ratchet.recv
	if h.previous < current.n || s.ratchet.peer == nil && h.previous != 0 {
		return nil, fmt.Errorf("%w: the chain before had more cells", ErrMalformed)
	}
	if uint64(h.previous-current.n)+uint64(h.n) > MaxJump {
		return nil, ErrGap
	}
	next := *s.ratchet
	defer next.wipe()
	before := next.recv.skipTo(h.previous, now)
	defer clear(before)
	ended := next.recv
	defer ended.end()
	received := *h.part
	if err := next.receivingStep(&received); err != nil {
		return nil, err
	}
	skipped := next.recv.skipTo(h.n, now)
	defer clear(skipped)
	opened, err := next.recv.openNext(cell)
	if err != nil {
		return nil, err
	}
	*s.ratchet = next
	s.skipped.add(&ended, before)
	s.skipped.add(&s.ratchet.recv, skipped)
	return opened, nil
}

// openSkipped opens an earlier cell of a chain, which is nil if no keys of it
// are kept.
func (s *Session) openSkipped(cell []byte, c *skippedChain, n uint32) (*Opened, error) {
	if c == nil {
		return nil, ErrRepeated
	}
	i, ok := c.find(n)
	if !ok {
		return nil, ErrRepeated
	}
	content, err := openBody(cell, &c.keys[i].key)
	if err != nil {
		return nil, err
	}
	opened := &Opened{Content: content, Number: c.first + uint64(n)}
	s.skipped.take(c, n)
	return opened, nil
}

// openNext takes a step and opens the cell with its key.
func (c *chain) openNext(cell []byte) (*Opened, error) {
	number := c.first + uint64(c.n)
	key := c.next()
	defer key.Wipe()
	content, err := openBody(cell, &key)
	if err != nil {
		return nil, err
	}
	return &Opened{Content: content, Number: number}, nil
}
