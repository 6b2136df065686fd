package store_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// steps compacts step by step, and returns how many there were.
func steps(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	for more := true; more; n++ {
		var err error
		if more, err = s.CompactStep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n > 10_000 {
			t.Fatal("there is no end of it")
		}
	}
	return n
}

func TestNothingIsForgottenThatIsToBeCompacted(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	var messages []ledger.Change
	for n := range 300 {
		messages = append(messages, added(numbered(n)))
	}
	apply(t, s, messages...)
	if n := steps(t, s); n != 1 {
		t.Errorf("%d steps, and nothing was deleted", n)
	}
	if bytes.Count(decrypted(t, folder), []byte("message number7")) == 0 {
		t.Fatal("this test does not see texts")
	}
	apply(t, s, ledger.DropConversation{Conversation: 1})
	if more, err := s.CompactStep(t.Context()); err != nil || !more {
		t.Fatal("one step does it all", err)
	}
	crash(t, s)
	s = reopen(t, folder)
	if n := steps(t, s); n < 2 {
		t.Errorf("%d steps", n)
	}
	for _, trace := range []string{"message number7", "number7"} {
		if bytes.Contains(decrypted(t, folder), []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	if n := steps(t, s); n != 1 {
		t.Errorf("it is done again, in %d steps", n)
	}
	closeStore(t, s)
	if n := steps(t, reopen(t, folder)); n != 1 {
		t.Errorf("it is done again by the next, in %d steps", n)
	}
}
