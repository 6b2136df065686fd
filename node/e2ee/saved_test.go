package e2ee_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// stateKey is under which tests save sessions.
func stateKey(tb rapid.TB) *e2ee.StateKey {
	tb.Helper()
	return must[*e2ee.StateKey](tb)(e2ee.NewStateKey(fixed("state key", e2ee.StateKeySize)))
}

func save(tb rapid.TB, s *e2ee.Session) []byte {
	tb.Helper()
	return must[[]byte](tb)(s.Save(stateKey(tb), []byte("row 1")))
}

// reload returns the session as it is after a restart.
func reload(tb rapid.TB, s *e2ee.Session) *e2ee.Session {
	tb.Helper()
	return must[*e2ee.Session](tb)(e2ee.LoadSession(stateKey(tb), []byte("row 1"), save(tb, s)))
}

// A conversation in which both sides are restarted between any two cells.
func TestSessionsSurviveRestarts(t *testing.T) {
	a, b := newSessions(t)
	for i := range 6 {
		var cells [][]byte
		for range 3 {
			cells = append(cells, seal(t, a, []byte{byte(i)}))
			a = reload(t, a)
		}
		for _, j := range []int{2, 0, 1} {
			wantOpens(t, b, cells[j], []byte{byte(i)})
			b = reload(t, b)
			_, err := b.Open(cells[j], now)
			wantErr(t, err, e2ee.ErrRepeated)
		}
		a, b = b, a
	}
}

func TestLoadedIsWhatWasSaved(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	first, second := alice.expecting(bob), bob.expecting(alice)
	first.Features, second.Features = 0xff00ff00, 0x0ff00ff0
	first.Generation = 7
	a, b := start(t, first, second)
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
	sa, sb := session(t, a), session(t, b)
	wantSame := func(s *e2ee.Session) *e2ee.Session {
		t.Helper()
		l := reload(t, s)
		if !bytes.Equal(e2ee.StateOf(s), e2ee.StateOf(l)) {
			t.Error("another state was loaded")
		}
		if l.SessionID() != s.SessionID() || l.Features() != 0x0f000f00 || l.Confirmed() != s.Confirmed() {
			t.Error("the loaded session tells something else")
		}
		return l
	}
	wantSame(sa)
	wantSame(sb)
	seal(t, sa, nil)
	wantOpens(t, sb, seal(t, sa, []byte("second")), []byte("second"))
	if l := wantSame(sb); len(l.Missing()) != 1 || l.Missing()[0] != 0 {
		t.Errorf("missing cells are %v, want the first", l.Missing())
	}
	wantSame(sa)
}

func TestSavedSizeIsBounded(t *testing.T) {
	const bound = 5060 // docs/protocol.md, "Saved sessions"
	longest := 0
	a, b := newSessions(t)
	for range 3 {
		wantOpens(t, b, seal(t, a, nil), nil)
		a, b = b, a
		for _, s := range []*e2ee.Session{a, b} {
			longest = max(longest, len(save(t, s)))
		}
	}
	if longest != bound {
		t.Errorf("sessions without skipped keys take up to %d bytes, want %d", longest, bound)
	}
}

func TestSavedLooksDifferentEachTime(t *testing.T) {
	a, _ := newSessions(t)
	if bytes.Equal(save(t, a), save(t, a)) {
		t.Error("two saved forms are equal")
	}
}

func TestSaveRefuses(t *testing.T) {
	a, _ := newSessions(t)
	_, err := a.Save(stateKey(t), make([]byte, 1<<16))
	if err == nil {
		t.Error("a context of 65536 bytes was taken")
	}
	long := make([]byte, 1<<16-1)
	saved := must[[]byte](t)(a.Save(stateKey(t), long))
	if _, err := e2ee.LoadSession(stateKey(t), long, saved); err != nil {
		t.Errorf("a context of 65535 bytes: %v", err)
	}
	if _, err := e2ee.LoadSession(stateKey(t), append(long, 0), saved); err == nil {
		t.Error("a longer context loads")
	}
	a.Close()
	_, err = a.Save(stateKey(t), nil)
	wantErr(t, err, e2ee.ErrState)
	for _, n := range []int{0, 31, 33} {
		if k, err := e2ee.NewStateKey(make([]byte, n)); err == nil || k != nil {
			t.Errorf("a key of %d bytes was taken", n)
		}
	}
}

func TestStateKeyIsCopied(t *testing.T) {
	a, _ := newSessions(t)
	saved := save(t, a)
	own := fixed("state key", e2ee.StateKeySize)
	key := must[*e2ee.StateKey](t)(e2ee.NewStateKey(own))
	clear(own)
	if _, err := e2ee.LoadSession(key, []byte("row 1"), saved); err != nil {
		t.Errorf("the key is not a copy: %v", err)
	}
}

// Zeros are a key like any other: a key that was wiped must not become one.
func TestWipedStateKeyIsRefused(t *testing.T) {
	a, _ := newSessions(t)
	saved := save(t, a)
	wiped := stateKey(t)
	wiped.Wipe()
	wiped.Wipe()
	for name, key := range map[string]*e2ee.StateKey{"wiped": wiped, "zero": {}, "nil": nil} {
		if b, err := a.Save(key, nil); err == nil || b != nil {
			t.Errorf("%s: a session was saved", name)
		}
		if s, err := e2ee.LoadSession(key, []byte("row 1"), saved); err == nil || s != nil {
			t.Errorf("%s: a session was loaded", name)
		}
	}
}

func TestNoTimeBreaksSavedSessions(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(-1, 0), time.Unix(0, 0), time.Unix(1<<62, 0)} {
		a, b := newSessions(t)
		skipped := seal(t, a, []byte("skipped"))
		if _, err := b.Open(seal(t, a, nil), at); err != nil {
			t.Fatal(err)
		}
		b = reload(t, b)
		if b.Lost() != 0 || len(b.Missing()) != 1 {
			t.Errorf("at %d a key was given up", at.Unix())
		}
		opened, err := b.Open(skipped, time.Time{})
		if err != nil || string(opened.Content) != "skipped" {
			t.Errorf("a cell skipped at %d, after the clock was set back: %v", at.Unix(), err)
		}
	}
}
