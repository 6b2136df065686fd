package e2ee_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// orderVectors is sessions-order.json.
type orderVectors struct {
	Cases []orderVector `json:"cases"`
}

// orderVector adds sessions one after the other, so that the last is the new
// one, and looks later which of them are too old. Indices are of Sessions.
type orderVector struct {
	Comment  string          `json:"comment"`
	Sessions []vectorSession `json:"sessions"`
	Erased   *int            `json:"erased,omitempty"`
	Time     uint64          `json:"time"`
	Expired  []int           `json:"expired"`
	Order    []int           `json:"order"`
	Seals    *int            `json:"seals,omitempty"`
	Proposal uint64          `json:"next_generation"`
}

type vectorSession struct {
	Generation uint64   `json:"generation"`
	ID         hexBytes `json:"session_id"`
	Is         string   `json:"is"` // confirmed, pending or suspended
	Used       uint64   `json:"used"`
}

const (
	isConfirmed = "confirmed"
	isPending   = "pending"
	isSuspended = "suspended"
)

func (v *orderVector) fill() {
	var all []*reference.Session
	usable := func(s *reference.Session) bool { return v.Sessions[slices.Index(all, s)].Is != isSuspended }
	for _, s := range v.Sessions {
		all = append(all, &reference.Session{Generation: s.Generation, ID: s.ID, Confirmed: s.Is == isConfirmed, Used: s.Used})
	}
	left := slices.Clone(all)
	drop := func(s *reference.Session) int {
		left = slices.DeleteFunc(left, func(other *reference.Session) bool { return other == s })
		return slices.Index(all, s)
	}
	if gone := reference.Excess(left, all[len(all)-1], usable); gone != nil {
		erased := drop(gone)
		v.Erased = &erased
	}
	v.Expired, v.Order = []int{}, []int{}
	for _, s := range reference.Expired(left, v.Time) {
		v.Expired = append(v.Expired, drop(s))
	}
	slices.Sort(v.Expired)
	reference.Order(left)
	for _, s := range left {
		v.Order = append(v.Order, slices.Index(all, s))
	}
	if s := reference.InUse(left, usable); s != nil {
		seals := slices.Index(all, s)
		v.Seals = &seals
	}
	v.Proposal = reference.NextGeneration(left)
}

func makeOrderVectors() (v orderVectors) {
	for _, cases := range [][]orderVector{orderCases(), excessCases(), expiryCases()} {
		for _, c := range cases {
			for i := range c.Sessions {
				c.Sessions[i].Used += vectorNow
			}
			c.Time += vectorNow + 100
			c.fill()
			v.Cases = append(v.Cases, c)
		}
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
				state := c.a.Clone()
				state.Generation, state.ID, state.Confirmed, state.Used = s.Generation, s.ID, s.Is == isConfirmed, s.Used
				session := loadState(t, state.State(reference.StateVersion))
				if s.Is == isPending {
					e2ee.Resume(session)
				}
				gone = append(gone, must[[]e2ee.SessionID](t)(all.Add(session, now))...)
			}
			id := func(i int) e2ee.SessionID { return e2ee.SessionID(v.Sessions[i].ID) }
			if v.Erased == nil && len(gone) > 0 || v.Erased != nil && (len(gone) != 1 || gone[0] != id(*v.Erased)) {
				t.Errorf("%d sessions are erased, or another one", len(gone))
			}
			expired := all.Expire(time.Unix(int64(v.Time), 0))
			if len(expired) != len(v.Expired) {
				t.Errorf("%d sessions are too old, want %d", len(expired), len(v.Expired))
			}
			for _, i := range v.Expired {
				if !slices.Contains(expired, id(i)) {
					t.Errorf("session %d is not too old", i)
				}
			}
			want := make([]e2ee.SessionID, len(v.Order))
			for place, i := range v.Order {
				want[place] = id(i)
			}
			if !slices.Equal(all.IDs(), want) {
				t.Error("other sessions are left, or in another order")
			}
			if all.Generation() != v.Proposal {
				t.Errorf("proposes generation %d, want %d", all.Generation(), v.Proposal)
			}
			sealed, err := all.Seal(nil, now)
			if v.Seals == nil {
				wantErr(t, err, e2ee.ErrNoSession)
				return
			}
			if err != nil || sealed.Session != id(*v.Seals) || sealed.Pending != (v.Sessions[*v.Seals].Is == isPending) {
				t.Errorf("another session is used, or none: %v", err)
			}
		})
	}
}
