package reference_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// pair is two sessions and where their randomness comes from.
type pair struct {
	t              *testing.T
	a, b           *reference.Session
	random, encaps *reference.Random
}

func newPair(t *testing.T, trace *reference.Trace) *pair {
	t.Helper()
	random := reference.NewRandom(t.Name())
	a, b, err := reference.Establish(random.Configs(trace))
	if err != nil {
		t.Fatal(err)
	}
	return &pair{t, a.Session(), b.Session(), random, reference.NewRandom(t.Name() + "/encapsulation")}
}

func (p *pair) seal(s *reference.Session, content string) []byte {
	p.t.Helper()
	cell, _, err := s.Seal([]byte(content), p.random.Draw(s, p.encaps))
	if err != nil {
		p.t.Fatal(err)
	}
	return cell
}

func (p *pair) opens(s *reference.Session, cell []byte, now uint64, want string) {
	p.t.Helper()
	o, err := s.Open(cell, now)
	if err != nil {
		p.t.Fatal(err)
	}
	if string(o.Content) != want {
		p.t.Fatalf("opened %q, want %q", o.Content, want)
	}
}

func (p *pair) refuses(s *reference.Session, cell []byte, now uint64, want error) {
	p.t.Helper()
	if _, err := s.Open(cell, now); !errors.Is(err, want) {
		p.t.Fatalf("got %v, want %v", err, want)
	}
}

func TestConversation(t *testing.T) {
	p := newPair(t, nil)
	for i := range 5 {
		first, second := fmt.Sprint("one ", i), fmt.Sprint("two ", i)
		x, y := p.seal(p.a, first), p.seal(p.a, second)
		if i == 0 {
			p.opens(p.a, p.seal(p.b, "early"), 0, "early")
		}
		p.opens(p.b, y, 0, second)
		p.opens(p.b, x, 0, first)
		p.refuses(p.b, x, 0, reference.ErrRepeated)
		p.refuses(p.b, y, 0, reference.ErrRepeated)
		p.opens(p.a, p.seal(p.b, "answer"), 0, "answer")
		p.opens(p.b, p.seal(p.a, ""), 0, "")
	}
}

func TestLateCellsOfEarlierChains(t *testing.T) {
	p := newPair(t, nil)
	late := make(map[string][]byte)
	for i := range reference.MaxSkippedChains + 1 {
		content := fmt.Sprint("late ", i)
		late[content] = p.seal(p.a, content)
		p.opens(p.b, p.seal(p.a, "next"), 0, "next")
		p.opens(p.a, p.seal(p.b, "turn"), 0, "turn")
	}
	p.refuses(p.b, late["late 0"], 0, reference.ErrDecrypt) // its chain is one too many
	if p.b.Lost != 1 {
		t.Errorf("%d cells are lost, want 1", p.b.Lost)
	}
	delete(late, "late 0")
	for content, cell := range late {
		p.opens(p.b, cell, reference.MaxSkippedAge, content)
	}
}

func TestSkippedKeysGrowOld(t *testing.T) {
	p := newPair(t, nil)
	late := p.seal(p.a, "late")
	p.opens(p.b, p.seal(p.a, "next"), 1000, "next")
	b := p.b.Clone()
	p.opens(b, late, 1000+reference.MaxSkippedAge, "late")
	p.refuses(p.b, late, 1001+reference.MaxSkippedAge, reference.ErrRepeated)
	if p.b.Lost != 1 {
		t.Errorf("%d cells are lost, want 1", p.b.Lost)
	}
}

func TestJumps(t *testing.T) {
	p := newPair(t, nil)
	p.opens(p.b, p.seal(p.a, "0"), 0, "0")
	p.a.Ns += reference.MaxJump
	for range reference.MaxJump {
		_, p.a.Sending.CK = p.a.Trace.ChainStep(p.a.Sending.CK)
	}
	far := p.a.Clone()
	p.opens(p.b, p.seal(p.a, "far"), 0, "far")
	if n := len(p.b.Skipped[0].Keys); n != reference.MaxJump {
		t.Errorf("%d keys are kept", n)
	}
	far.Ns = 2*reference.MaxJump + 3
	p.refuses(p.b, p.seal(far, "too far"), 0, reference.ErrGap)
	far.Ns = reference.MaxChain - 1
	p.seal(far, "the last one")
	if _, _, err := far.Seal(nil, reference.Draw{}); !errors.Is(err, reference.ErrExhausted) {
		t.Errorf("got %v", err)
	}
}

func TestSavedSessions(t *testing.T) {
	key, context, nonce := bytes.Repeat([]byte{1}, 32), []byte("row 7"), make([]byte, 24)
	p := newPair(t, nil)
	check := func(name string, s *reference.Session) {
		t.Helper()
		for version := byte(1); version <= 2; version++ {
			saved := s.Save(key, context, nonce, version)
			loaded, err := reference.Load(nil, saved, key, context)
			if err != nil {
				t.Fatalf("%s, version %d: %v", name, version, err)
			}
			want := s.Clone()
			if version == 1 {
				want.Lost = 0
			}
			if !bytes.Equal(loaded.State(2), want.State(2)) {
				t.Errorf("%s, version %d: the state has changed", name, version)
			}
			if len(s.Skipped) == 0 && len(saved) > 5300 {
				t.Errorf("%s: %d bytes", name, len(saved))
			}
			if _, err := reference.Load(nil, saved, key, []byte("row 8")); !errors.Is(err, reference.ErrSaved) {
				t.Errorf("in another context: %v", err)
			}
		}
	}
	check("new initiator", p.a)
	check("new responder", p.b)
	late := p.seal(p.a, "late")
	check("initiator that has sent", p.a)
	p.opens(p.b, p.seal(p.a, "next"), 77, "next")
	check("responder that has received", p.b)
	p.opens(p.a, p.seal(p.b, "answer"), 77, "answer")
	check("initiator that has received", p.a)
	check("responder that has answered", p.b)

	b, err := reference.Load(nil, p.b.Save(key, context, nonce, 2), key, context)
	if err != nil {
		t.Fatal(err)
	}
	p.opens(b, late, 78, "late")
	saved := p.b.Save(key, context, nonce, 3)
	if _, err := reference.Load(nil, saved, key, context); !errors.Is(err, reference.ErrNewer) {
		t.Errorf("a newer version: %v", err)
	}
}

func TestOrder(t *testing.T) {
	session := func(generation uint64, id byte) *reference.Session {
		return &reference.Session{Generation: generation, ID: []byte{id}}
	}
	a, b, c, d, e := session(3, 1), session(2, 1), session(2, 2), session(2, 3), session(1, 0)
	sessions := []*reference.Session{e, c, a, d, b}
	reference.Order(sessions)
	for i, want := range []*reference.Session{a, b, c, d, e} {
		if sessions[i] != want {
			t.Errorf("wrong session in place %d", i)
		}
	}
}

func TestErasing(t *testing.T) {
	session := func(generation, used uint64, confirmed bool) *reference.Session {
		return &reference.Session{Generation: generation, ID: []byte{0}, Used: used, Confirmed: confirmed}
	}
	best, pending, confirmed := session(9, 1, false), session(8, 1, false), session(7, 1, true)
	worse, worst := session(6, 3, true), session(5, 2, true)
	sessions := []*reference.Session{worst, best, worse, confirmed, pending}
	usable := func(s *reference.Session) bool { return s != best }
	if reference.InUse(sessions, usable) != pending {
		t.Error("another one is in use")
	}
	if reference.Excess(sessions, best, usable) != worst || reference.Excess(sessions, worst, usable) != worse {
		t.Error("the wrong one is erased")
	}
	worse.Used = worst.Used
	if reference.Excess(sessions, best, usable) != worst {
		t.Error("of two that were used at one time the better is erased")
	}
	if reference.Excess(sessions[1:], best, usable) != nil {
		t.Error("one is erased without need")
	}
	worse.Used = 3
	if old := reference.Expired(sessions, 3+reference.MaxSessionAge); len(old) != 1 || old[0] != worst {
		t.Errorf("%d are too old, or the wrong one", len(old))
	}
	if old := reference.Expired([]*reference.Session{best, pending}, 1<<62); len(old) != 0 {
		t.Error("one is worse than a confirmed one that there is not")
	}
}
