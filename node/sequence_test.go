package node_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// idOf is the id that contentOf gives to the message s.
func idOf(s string) (id wire.MessageID) {
	copy(id[:], s)
	return id
}

// contentOf is the message s as the content of a cell.
func contentOf(t testing.TB, s string) []byte {
	t.Helper()
	content, err := wire.EncodeMessage(wire.Message{ID: idOf(s), Text: s})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A step is what the stranger of TestCellsOutOfSequence does. It returns the
// cell that it made, or nil.
type step func(*testing.T, *line) []byte

// sent sends the message s in a cell.
func sent(s string) step {
	return func(t *testing.T, l *line) []byte {
		t.Helper()
		return l.send(t, contentOf(t, s))
	}
}

// sealed makes a cell of the message s and keeps it.
func sealed(s string) step {
	return func(t *testing.T, l *line) []byte {
		t.Helper()
		return l.seal(t, contentOf(t, s))
	}
}

// confirmed waits until the message s is confirmed, which ends a chain.
func confirmed(s string) step {
	return func(t *testing.T, l *line) []byte {
		t.Helper()
		l.wantConfirmed(t, idOf(s))
		return nil
	}
}

// TestCellsOutOfSequence: a session takes cells in any order, but a stream keeps
// theirs. Whoever repeats one or leaves one out ends the connection, and what
// stands in the cells behind it is not shown.
func TestCellsOutOfSequence(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	first := func(cells [][]byte) []byte { return cells[0] }
	last := func(cells [][]byte) []byte { return cells[len(cells)-1] }
	for name, tc := range map[string]struct {
		texts []string // that arrive before
		want  error
		steps []step
		cell  func([][]byte) []byte // of those made, the one out of its place
	}{
		"repeated": {
			[]string{"one"},
			e2ee.ErrRepeated,
			[]step{sent("one"), confirmed("one")},
			first,
		},
		"repeated after another": {
			[]string{"one", "two"},
			e2ee.ErrRepeated,
			[]step{sent("one"), sent("two")},
			first,
		},
		"repeated from an earlier chain": {
			[]string{"one", "two"}, e2ee.ErrDecrypt, // its header key is gone
			[]step{sent("one"), confirmed("one"), sent("two"), confirmed("two")}, first,
		},
		"first one left out": {
			nil, node.ErrProtocol,
			[]step{sealed("one"), sealed("two")},
			last,
		},
		"left out within a chain": {
			[]string{"one"},
			node.ErrProtocol,
			[]step{sent("one"), sealed("two"), sealed("three")},
			last,
		},
		"left out at the end of a chain": {
			[]string{"one"},
			node.ErrProtocol,
			[]step{sent("one"), sealed("two"), confirmed("one"), sealed("three")},
			last,
		},
		"more left out than a session takes": {
			[]string{"one"},
			e2ee.ErrGap,
			slices.Concat([]step{sent("one")}, slices.Repeat([]step{sealed("left out")}, e2ee.MaxJump+1), []step{sealed("two")}),
			last,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
			l := s.call(t, alice.Address())
			d := alice.accept(t)
			var cells [][]byte
			for _, do := range tc.steps {
				if cell := do(t, l); cell != nil {
					cells = append(cells, cell)
				}
			}
			d.awaitHeard(t, tc.texts)
			h := listen(t, l.Stream)
			write(l.Stream, frame(t, wire.Cell, tc.cell(cells)))
			write(l.Stream, frame(t, wire.Cell, l.seal(t, contentOf(t, "behind it"))))
			d.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return len(s.disconnected) == 1 })
			if err := d.now().disconnected[0]; !errors.Is(err, node.ErrProtocol) || !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			h.wantEnd(t)
			d.awaitHeard(t, tc.texts)
		})
	}
}
