package e2ee_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// contact is all sessions with one contact in both implementations. Those of the
// reference have no keys.
type contact struct {
	real    e2ee.Sessions
	refs    []*reference.Session
	pending map[*reference.Session]bool
	shape   *reference.Session // with all keys, for real
}

// add gives both a session, which is loaded, and pending if it shall be.
func (c *contact) add(t *rapid.T) {
	ref := &reference.Session{
		Generation: rapid.SampledFrom([]uint64{1, 2, 3, e2ee.MaxGeneration - 1, e2ee.MaxGeneration}).Draw(t, "generation"),
		ID:         slices.Repeat([]byte{rapid.ByteRange(0x7e, 0x81).Draw(t, "ID"), byte(len(c.pending))}, 16),
		Confirmed:  rapid.Bool().Draw(t, "confirmed"),
		Used:       uint64(now.Unix() + rapid.Int64Range(0, 3).Draw(t, "used")),
	}
	c.pending[ref] = !ref.Confirmed && rapid.Bool().Draw(t, "pending")
	state := c.shape.Clone()
	state.Generation, state.ID, state.Confirmed, state.Used = ref.Generation, ref.ID, ref.Confirmed, ref.Used
	session := loadState(t, state.State(reference.StateVersion))
	if c.pending[ref] {
		e2ee.Resume(session)
	}
	gone := must[[]e2ee.SessionID](t)(c.real.Add(session, now))
	c.refs = append(c.refs, ref)
	var want []*reference.Session
	if s := reference.Excess(c.refs, ref, c.usable); s != nil {
		want = append(want, s)
	}
	c.lose(t, gone, want)
}

func (c *contact) usable(s *reference.Session) bool { return s.Confirmed || c.pending[s] }

// lose checks that the same sessions go.
func (c *contact) lose(t *rapid.T, gone []e2ee.SessionID, want []*reference.Session) {
	if len(gone) != len(want) {
		t.Fatalf("%d sessions go, in the reference %d", len(gone), len(want))
	}
	for _, s := range want {
		if !slices.Contains(gone, e2ee.SessionID(s.ID)) {
			t.Fatal("another session goes")
		}
		c.refs = slices.DeleteFunc(c.refs, func(other *reference.Session) bool { return other == s })
	}
}

func (c *contact) expire(t *rapid.T) {
	at := now.Add(e2ee.MaxSessionAge + time.Duration(rapid.IntRange(0, 4).Draw(t, "seconds"))*time.Second)
	c.lose(t, c.real.Expire(at), reference.Expired(c.refs, uint64(at.Unix())))
}

func (c *contact) seal(t *rapid.T) {
	at := now.Add(time.Duration(rapid.IntRange(-1, 4).Draw(t, "seconds")) * time.Second)
	sealed, err := c.real.Seal(nil, at)
	s := reference.InUse(c.refs, c.usable)
	if s == nil {
		wantErr(t, err, e2ee.ErrNoSession)
		return
	}
	if err != nil || sealed.Session != e2ee.SessionID(s.ID) || sealed.Pending != c.pending[s] {
		t.Fatalf("sealed under another session, or under none: %v", err)
	}
	s.Used = uint64(at.Unix())
}

func (c *contact) suspend(t *rapid.T) {
	if len(c.refs) == 0 {
		return
	}
	s := rapid.SampledFrom(c.refs).Draw(t, "session")
	c.pending[s] = false
	if c.real.Suspend(e2ee.SessionID(s.ID)) == s.Confirmed {
		t.Error("a confirmed session is suspended, or the other way round")
	}
}

func (c *contact) same(t *rapid.T) {
	reference.Order(c.refs)
	ids := c.real.IDs()
	if len(ids) != len(c.refs) {
		t.Fatalf("%d sessions, in the reference %d", len(ids), len(c.refs))
	}
	for i, ref := range c.refs {
		if ids[i] != e2ee.SessionID(ref.ID) {
			t.Fatalf("another session is in place %d", i)
		}
		if used := inReference(t, c.real.Get(ids[i])).Used; used != ref.Used {
			t.Errorf("the session in place %d was used at %d, in the reference at %d", i, used, ref.Used)
		}
	}
	if c.real.Generation() != reference.NextGeneration(c.refs) {
		t.Errorf("proposes generation %d", c.real.Generation())
	}
}

// Both implementations put the sessions of a contact in the same order, seal under
// the same one, and erase the same ones.
func TestConformanceOfOrder(t *testing.T) {
	a, _ := newTwins(t, "order")
	rapid.Check(t, func(t *rapid.T) {
		c := &contact{pending: make(map[*reference.Session]bool), shape: a.ref}
		defer c.real.Close()
		t.Repeat(map[string]func(*rapid.T){
			"add": c.add, "expire": c.expire, "seal": c.seal, "suspend": c.suspend, "": c.same,
		})
	})
}
