package node_test

import (
	"errors"
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

// TestCellsOutOfSequence: a session takes cells in any order, but a stream keeps
// theirs. Whoever repeats one or leaves one out ends the connection, and what
// stands in the cells behind it is not shown.
func TestCellsOutOfSequence(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	for name, tc := range map[string]struct {
		texts []string // that arrive before
		want  error
		cell  func(*testing.T, *line) []byte // out of its place
	}{
		"repeated": {
			[]string{"one"},
			e2ee.ErrRepeated,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				cell := l.send(t, contentOf(t, "one"))
				l.wantConfirmed(t, idOf("one"))
				return cell
			},
		},
		"repeated after another": {
			[]string{"one", "two"},
			e2ee.ErrRepeated,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				cell := l.send(t, contentOf(t, "one"))
				l.send(t, contentOf(t, "two"))
				return cell
			},
		},
		"repeated from an earlier chain": {
			[]string{"one", "two"},
			e2ee.ErrDecrypt, // its header key is gone
			func(t *testing.T, l *line) []byte {
				t.Helper()
				cell := l.send(t, contentOf(t, "one"))
				l.wantConfirmed(t, idOf("one"))
				l.send(t, contentOf(t, "two"))
				l.wantConfirmed(t, idOf("two"))
				return cell
			},
		},
		"first one left out": {
			nil,
			node.ErrProtocol,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				l.seal(t, contentOf(t, "one"))
				return l.seal(t, contentOf(t, "two"))
			},
		},
		"left out within a chain": {
			[]string{"one"},
			node.ErrProtocol,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				l.send(t, contentOf(t, "one"))
				l.seal(t, contentOf(t, "two"))
				return l.seal(t, contentOf(t, "three"))
			},
		},
		"left out at the end of a chain": {
			[]string{"one"},
			node.ErrProtocol,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				l.send(t, contentOf(t, "one"))
				l.seal(t, contentOf(t, "two"))
				l.wantConfirmed(t, idOf("one"))
				return l.seal(t, contentOf(t, "three"))
			},
		},
		"more left out than a session takes": {
			[]string{"one"},
			e2ee.ErrGap,
			func(t *testing.T, l *line) []byte {
				t.Helper()
				l.send(t, contentOf(t, "one"))
				for range e2ee.MaxJump + 1 {
					l.seal(t, contentOf(t, "left out"))
				}
				return l.seal(t, contentOf(t, "two"))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
			l := s.call(t, alice.Address())
			d := alice.accept(t)
			cell := tc.cell(t, l)
			d.awaitHeard(t, tc.texts)
			h := listen(t, l.Stream)
			write(l.Stream, frame(t, wire.Cell, cell))
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
