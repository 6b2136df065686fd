package e2ee_test

import (
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// ledger is what the specification says of one side's session, in plain terms:
// which cells it has opened, misses and has given up, and where its chains are.
// It knows no key.
type ledger struct {
	generation uint64
	initiator  bool
	confirmed  bool
	suspended  bool
	used       int64 // when it joined, or a cell was last sealed or opened

	sent      uint64 // cells sealed: the number of the next one
	sendChain int    // index of the sending chain, from 0; -1 if there was none
	sendFirst uint64 // number of its first cell
	step      bool   // the next cell begins a new chain

	recvChain int    // the same of the receiving chain
	frontier  uint64 // the number that follows the highest one opened
	missing   []missingChain
	lost      uint64
}

// missingChain has the cells of one chain that have not arrived, by number.
type missingChain struct {
	chain int
	cells []missingCell
}

type missingCell struct {
	number uint64
	since  int64
}

func newLedger(initiator bool, generation uint64) *ledger {
	l := &ledger{generation: generation, initiator: initiator, confirmed: !initiator, sendChain: -1, recvChain: -1}
	if initiator {
		l.recvChain, l.step = 0, true
	} else {
		l.sendChain = 0
	}
	return l
}

func (l *ledger) clone() *ledger {
	c := *l
	c.missing = slices.Clone(l.missing)
	for i := range c.missing {
		c.missing[i].cells = slices.Clone(c.missing[i].cells)
	}
	return &c
}

func (l *ledger) usable() bool { return !l.suspended }

// settled reports whether the other side is known to be able to seal for good: an
// initiator that has begun a second chain has opened a cell.
func (l *ledger) settled() bool { return l.confirmed && (l.initiator || l.recvChain > 0) }

// place is where a cell stands.
type place struct {
	number uint64
	chain  int
	first  uint64 // number of the chain's first cell
}

// seal counts a cell.
func (l *ledger) seal() place {
	if l.step {
		l.sendChain, l.sendFirst, l.step = l.sendChain+1, l.sent, false
	}
	p := place{number: l.sent, chain: l.sendChain, first: l.sendFirst}
	l.sent++
	return p
}

// open says what becomes of a cell, and counts it if it opens.
func (l *ledger) open(p place, now int64) error {
	if p.chain < l.recvChain || p.chain == l.recvChain && p.number < l.frontier {
		return l.openEarlier(p)
	}
	if p.number-l.frontier > e2ee.MaxJump {
		return e2ee.ErrGap
	}
	if p.chain > l.recvChain {
		l.miss(l.recvChain, p.first, now)
		l.recvChain, l.step = p.chain, true
	}
	l.miss(p.chain, p.number, now)
	l.frontier = p.number + 1
	l.confirmed, l.suspended = true, false
	return nil
}

func (l *ledger) openEarlier(p place) error {
	for i, m := range l.missing {
		if m.chain != p.chain {
			continue
		}
		j := slices.IndexFunc(m.cells, func(c missingCell) bool { return c.number == p.number })
		if j < 0 {
			return e2ee.ErrRepeated
		}
		l.missing[i].cells = slices.Delete(m.cells, j, j+1)
		l.dropEmpty()
		l.confirmed, l.suspended = true, false
		return nil
	}
	if p.chain == l.recvChain {
		return e2ee.ErrRepeated
	}
	return e2ee.ErrDecrypt // no key of that chain is left
}

// miss notes the cells of a chain from the frontier up to, and without, end.
func (l *ledger) miss(chain int, end uint64, now int64) {
	for ; l.frontier < end; l.frontier++ {
		i := slices.IndexFunc(l.missing, func(m missingChain) bool { return m.chain == chain })
		if i < 0 {
			i = len(l.missing)
			l.missing = append(l.missing, missingChain{chain: chain})
		}
		l.missing[i].cells = append(l.missing[i].cells, missingCell{l.frontier, now})
		if len(l.missing[i].cells) > e2ee.MaxSkippedInChain {
			l.giveUp(i, 1)
		}
		if len(l.missing) > e2ee.MaxSkippedChains {
			l.giveUp(0, len(l.missing[0].cells))
		}
		if l.total() > e2ee.MaxSkipped {
			l.giveUp(0, 1)
		}
	}
}

func (l *ledger) giveUp(i, n int) {
	l.missing[i].cells = l.missing[i].cells[n:]
	l.lost += uint64(n)
	l.dropEmpty()
}

// expire gives up what is missing for too long.
func (l *ledger) expire(now int64) {
	for i := range l.missing {
		before := len(l.missing[i].cells)
		l.missing[i].cells = slices.DeleteFunc(l.missing[i].cells, func(c missingCell) bool {
			return now-c.since > int64(e2ee.MaxSkippedAge.Seconds())
		})
		l.lost += uint64(before - len(l.missing[i].cells))
	}
	l.dropEmpty()
}

func (l *ledger) dropEmpty() {
	l.missing = slices.DeleteFunc(l.missing, func(m missingChain) bool { return len(m.cells) == 0 })
}

func (l *ledger) total() (n int) {
	for _, m := range l.missing {
		n += len(m.cells)
	}
	return n
}

// numbers returns the cells that could still be opened, by ascending number.
func (l *ledger) numbers() []uint64 {
	var all []uint64
	for _, m := range l.missing {
		for _, c := range m.cells {
			all = append(all, c.number)
		}
	}
	return all
}
