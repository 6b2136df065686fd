package e2ee_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestTalk(t *testing.T) {
	alice, bob := newSessions(t)
	key, err := e2ee.NewStateKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	reload := func(s *e2ee.Session) *e2ee.Session {
		b, err := s.Save(key, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := e2ee.LoadSession(key, []byte("x"), b)
		if err != nil {
			t.Fatal(err, len(b))
		}
		return l
	}
	send := func(from, to *e2ee.Session, n int) {
		t.Helper()
		var cells [][]byte
		for i := range n {
			c, err := from.Seal(fmt.Append(nil, "hello", i))
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, c)
		}
		for i := n - 1; i >= 0; i-- {
			o, err := to.Open(cells[i], time.Now())
			if err != nil || !bytes.Equal(o.Content, fmt.Append(nil, "hello", i)) {
				t.Fatal(i, err)
			}
			if _, err := to.Open(cells[i], time.Now()); err == nil {
				t.Fatal("twice")
			}
		}
	}
	send(bob, alice, 3)
	send(bob, alice, 3)
	for range 5 {
		send(alice, bob, 10)
		send(alice, bob, 10)
		alice, bob = reload(alice), reload(bob)
		send(bob, alice, 10)
		alice, bob = reload(alice), reload(bob)
		send(bob, alice, 5)
	}
}
