package e2ee_test

import (
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// The tests here steal the whole state of one side after every operation of a
// conversation, and say of every cell whether the thief reads it. Both mistakes
// fail: a cell that is read and should not be, and one that is not read although
// the document says that it is.

// contentsOf returns the contents that a stolen state opens: docs/protocol.md,
// "Security goals", in its words.
func (o *overheard) contentsOf(stolen theft) string {
	return o.marks(func(c *overheardCell) bool {
		if c.from == stolen.side {
			// What the victim goes on to seal in its current chain, up to its next
			// sending step.
			return c.sealed > stolen.when && c.chain == stolen.chain
		}
		// What is under way to the victim or missing, and what the other side seals
		// until the victim's next sending step has reached it.
		arrived := c.opened >= 0 && c.opened <= stolen.when
		return !arrived && c.sealed < o.heard(stolen)
	})
}

// heard returns when the other side opened the first cell that the victim sealed
// after its next sending step, or the end of time.
func (o *overheard) heard(stolen theft) int {
	first := o.clock + 1
	for _, c := range o.cells {
		if c.from == stolen.side && c.chain > stolen.chain && c.opened >= 0 {
			first = min(first, c.opened)
		}
	}
	return first
}

// headersOf returns the headers that it opens: those of whole chains, also of
// cells from before, up to the chain of the victim's next sending step and the
// answer to it.
func (o *overheard) headersOf(stolen theft) string {
	contents := o.contentsOf(stolen)
	missing := map[int]bool{} // chains to the victim of which something is missing
	for i, c := range o.cells {
		if c.from != stolen.side && contents[i] == 'x' {
			missing[c.chain] = true
		}
	}
	return o.marks(func(c *overheardCell) bool {
		if c.from == stolen.side {
			return c.chain == stolen.chain+1 || c.chain == stolen.chain && stolen.sending
		}
		return missing[c.chain] || c.chain >= stolen.receiving && c.chain <= o.answer(stolen)
	})
}

// answer returns the chain of the other side that answers the victim's next
// sending step. Chains take turns; the responder's first one, 0, is before all
// of the initiator's.
func (o *overheard) answer(stolen theft) int {
	if stolen.side == 0 {
		return stolen.chain + 2
	}
	return stolen.chain + 1
}

// Goals "forward secrecy, cell by cell" and "security after a compromise".
func TestStolenStateReadsExactly(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		o.wantTheftReads(stolen, "")
	})
}

// The thief has all of the state, not only what the reference calls secret: every
// string in it that could be a key.
func TestWholeStateReadsNoMore(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		var strings [][]byte
		for _, size := range []int{32, 64} {
			for i := range len(stolen.state) - size + 1 {
				strings = append(strings, stolen.state[i:i+size])
			}
		}
		o.wantTheftReads(stolen, ", down to its last byte,", strings)
	})
}

// Both goals hold against a thief who also has both identity seeds.
func TestStolenStateAndSeedsReadNoMore(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		o.wantTheftReads(stolen, " and both seeds", o.seeds)
	})
}

// And against one who has recorded everything and breaks one of the algorithms
// later: it knows every key of it, from before the theft and from after it.
func TestStolenStateAndX25519KeysReadNoMore(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		o.wantTheftReads(stolen, " and all X25519 keys", o.trace.X25519Secrets(), o.seeds)
	})
}

func TestStolenStateAndMLKEMKeysReadNoMore(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		o.wantTheftReads(stolen, " and all ML-KEM keys", o.trace.KEMSecrets(), o.seeds)
	})
}

// The keys that are made after the theft are what heals: with both kinds of them
// a thief goes on reading for ever, but still nothing from before.
func TestStolenStateAndAllLaterKeysReadTheFuture(t *testing.T) {
	eachTheft(t, func(o *overheard, stolen theft) {
		later := reference.Trace{Calls: o.trace.Calls[stolen.calls:]}
		found := o.from(stolen.secrets, later.X25519Secrets(), later.KEMSecrets())
		want := o.marks(func(c *overheardCell) bool {
			arrived := c.from != stolen.side && c.opened >= 0 && c.opened <= stolen.when
			return c.sealed > stolen.when || c.from != stolen.side && !arrived
		})
		if got := o.contents(found); got != want {
			o.tb.Errorf("%s and all later keys read the contents\n%s, want\n%s", stolen, got, want)
		}
	})
}

// What people remember of it: after the next round trip, what the victim seals is
// closed to the thief, and so is what the other side seals when it has heard of
// that.
func TestRoundTripEndsTheft(t *testing.T) {
	closed := 0
	eachTheft(t, func(o *overheard, stolen theft) {
		answered := o.crossed(1-stolen.side, o.crossed(stolen.side, stolen.when))
		back := o.crossed(stolen.side, answered)
		contents := o.contents(o.from(stolen.secrets))
		for i, c := range o.cells {
			if c.from == stolen.side && c.sealed > answered || c.from != stolen.side && c.sealed > back {
				closed++
				if contents[i] == 'x' {
					o.tb.Errorf("%s reads cell %d, after the round trip", stolen, i)
				}
			}
		}
	})
	if closed < 500 {
		t.Errorf("only %d pairs of a theft and a cell after it were seen", closed)
	}
}

// crossed returns when the first of the cells that a side seals after a moment
// has been opened, or the end of time.
func (o *overheard) crossed(side, after int) int {
	first := o.clock + 1
	for _, c := range o.cells {
		if c.from == side && c.sealed > after && c.opened >= 0 {
			first = min(first, c.opened)
		}
	}
	return first
}

func eachTheft(t *testing.T, check func(o *overheard, stolen theft)) {
	t.Helper()
	eachOverheard(t, func(o *overheard) {
		for _, stolen := range o.thefts {
			check(o, stolen)
		}
	})
}

func (o *overheard) wantTheftReads(stolen theft, more string, secrets ...[][]byte) {
	o.tb.Helper()
	found := o.from(append(secrets, stolen.secrets)...)
	if got, want := o.contents(found), o.contentsOf(stolen); got != want {
		o.tb.Errorf("%s%s reads the contents\n%s, want\n%s", stolen, more, got, want)
	}
	if got, want := o.headers(found), o.headersOf(stolen); got != want {
		o.tb.Errorf("%s%s reads the headers\n%s, want\n%s", stolen, more, got, want)
	}
}

func (stolen theft) String() string {
	return fmt.Sprintf("the state of side %d after operation %d", stolen.side, stolen.when)
}
