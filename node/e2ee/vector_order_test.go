package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// orderVectors is sessions-order.json.
type orderVectors struct {
	Cases []orderVector `json:"cases"`
}

// orderVector adds sessions one after the other, so that the last is the new
// one. Indices are of Sessions.
type orderVector struct {
	Comment  string          `json:"comment"`
	Sessions []vectorSession `json:"sessions"`
	Erased   *int            `json:"erased,omitempty"`
	Order    []int           `json:"order"`
	Seals    *int            `json:"seals,omitempty"`
	Proposal uint64          `json:"next_generation"`
}

type vectorSession struct {
	Generation uint64   `json:"generation"`
	ID         hexBytes `json:"session_id"`
	Usable     bool     `json:"usable"`
}

func (v *orderVector) fill() {
	var all []*reference.Session
	index := make(map[*reference.Session]int)
	usable := func(s *reference.Session) bool { return v.Sessions[index[s]].Usable }
	for i, s := range v.Sessions {
		session := &reference.Session{Generation: s.Generation, ID: s.ID}
		index[session], all = i, append(all, session)
	}
	gone := reference.Excess(all, all[len(all)-1], usable)
	reference.Order(all)
	v.Order, v.Proposal = []int{}, 1
	for _, s := range all {
		i := index[s]
		if s == gone {
			v.Erased = &i
			continue
		}
		v.Order = append(v.Order, i)
		if v.Seals == nil && v.Sessions[i].Usable {
			v.Seals = &i
		}
		v.Proposal = max(v.Proposal, s.Generation+1)
	}
}

func makeOrderVectors() (v orderVectors) {
	id := func(first, last byte) hexBytes {
		b := bytes.Repeat([]byte{0x80}, 32)
		b[0], b[31] = first, last
		return b
	}
	for _, c := range []orderVector{
		{Comment: "the higher generation", Sessions: []vectorSession{{1, id(0, 0), true}, {2, id(9, 0), true}}},
		{Comment: "the lower ID, unsigned", Sessions: []vectorSession{{5, id(0x80, 0), true}, {5, id(0x7f, 9), true}}},
		{Comment: "the lower ID, in the last byte", Sessions: []vectorSession{{5, id(3, 1), true}, {5, id(3, 2), true}}},
		{Comment: "the best is not usable", Sessions: []vectorSession{{1, id(1, 0), true}, {2, id(1, 1), false}}},
		{Comment: "none is usable", Sessions: []vectorSession{{1, id(1, 0), false}}},
		{Comment: "one too many: the least that is neither usable nor new", Sessions: []vectorSession{
			{9, id(1, 0), false}, {8, id(2, 0), true}, {7, id(3, 0), false}, {6, id(4, 0), true}, {5, id(5, 0), false},
		}},
		{Comment: "one too many: the least of all", Sessions: []vectorSession{
			{1, id(1, 0), true}, {8, id(2, 0), true}, {7, id(3, 0), true}, {1, id(1, 1), true}, {9, id(5, 0), true},
		}},
		{Comment: "one too many: the new one is the least of all", Sessions: []vectorSession{
			{4, id(1, 0), true}, {8, id(2, 0), true}, {7, id(3, 0), true}, {6, id(4, 0), true}, {3, id(5, 0), true},
		}},
	} {
		c.fill()
		v.Cases = append(v.Cases, c)
	}
	return v
}

func TestVectorsOfOrder(t *testing.T) {
	checkVectors(t, "sessions-order.json", makeOrderVectors())
}

func TestImplementationOnOrder(t *testing.T) {
	c := newConversation(t)
	for _, v := range readVectors[orderVectors](t, "sessions-order.json").Cases {
		t.Run(v.Comment, func(t *testing.T) {
			var all e2ee.Sessions
			var gone []e2ee.SessionID
			for _, s := range v.Sessions {
				// One that is loaded can be used once it is confirmed.
				state := c.a.Clone()
				state.Generation, state.ID, state.Confirmed = s.Generation, s.ID, s.Usable
				gone = append(gone, all.Add(loadState(t, state.State(reference.StateVersion)), now)...)
			}
			id := func(i int) e2ee.SessionID { return e2ee.SessionID(v.Sessions[i].ID) }
			ids := all.IDs()
			if len(ids) != len(v.Order) {
				t.Fatalf("%d sessions are left, want %d", len(ids), len(v.Order))
			}
			for place, i := range v.Order {
				if ids[place] != id(i) {
					t.Errorf("another session is in place %d", place)
				}
			}
			if v.Erased == nil && len(gone) > 0 || v.Erased != nil && (len(gone) != 1 || gone[0] != id(*v.Erased)) {
				t.Errorf("%d sessions are erased, or another one", len(gone))
			}
			used, _, err := all.Seal(nil)
			if v.Seals == nil {
				wantErr(t, err, e2ee.ErrNoSession)
			} else if err != nil || used != id(*v.Seals) {
				t.Errorf("another session is used, or none: %v", err)
			}
			if all.Generation() != v.Proposal {
				t.Errorf("proposes generation %d, want %d", all.Generation(), v.Proposal)
			}
		})
	}
}
