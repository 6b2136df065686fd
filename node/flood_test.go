package node_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestNobodyReads: while nobody calls Next, nothing is confirmed and the other
// side waits; nothing is lost by it.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	const flood = 1000
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c := alice.conversation(t)
	texts := make([]string, flood)
	for i := range texts {
		texts[i] = fmt.Sprint(i)
	}
	var confirmed atomic.Int64
	var tasks sync.WaitGroup
	defer tasks.Wait()
	defer l.Reset()
	// The session is not safe for concurrent use.
	var session sync.Mutex
	tasks.Go(func() {
		for _, text := range texts {
			m, err := wire.EncodeMessage(wire.Message{ID: wire.MessageID([]byte(fmt.Sprintf("%016s", text))), Text: text})
			if err != nil {
				t.Error(err)
				return
			}
			session.Lock()
			cell, err := l.Seal(m)
			session.Unlock()
			if err == nil {
				err = l.Conn.Write(wire.Cell, cell)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	tasks.Go(func() {
		for confirmed.Load() < flood {
			cell, err := l.Conn.Read(wire.Cell)
			if err != nil {
				return
			}
			session.Lock()
			opened, err := l.Open(cell, time.Now())
			session.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			if d, err := wire.Decode(opened.Content); err == nil {
				confirmed.Add(int64(len(d.(wire.Confirmation).IDs)))
			}
		}
	})
	time.Sleep(500 * time.Millisecond) // in which nothing is to happen
	if n := confirmed.Load(); n > 0 {
		t.Fatalf("%d messages were confirmed while nobody reads", n)
	}
	keepDiary(t, c).awaitHeard(t, texts)
	deadline := time.Now().Add(promptly)
	for confirmed.Load() < flood && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := confirmed.Load(); n != flood {
		t.Errorf("%d of %d messages are confirmed in the end", n, flood)
	}
}

// TestNobodyReadsIsBounded: of what comes while nobody calls Next, only so much
// is read from the stream. Some more is when the test begins to count, until the
// end of the stream is noticed.
func TestNobodyReadsIsBounded(t *testing.T) {
	t.Parallel()
	const flood, kept = 2000, 1000
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c := alice.conversation(t)
	var sender sync.WaitGroup
	defer sender.Wait()
	defer l.Reset()
	sender.Go(func() {
		for i := range flood {
			m, err := wire.EncodeMessage(wire.Message{ID: wire.MessageID{byte(i), byte(i >> 8)}, Text: "x"})
			if err != nil {
				t.Error(err)
				return
			}
			cell, err := l.Seal(m)
			if err != nil {
				t.Error(err)
				return
			}
			if l.Conn.Write(wire.Cell, cell) != nil {
				return // the test has seen enough
			}
		}
	})
	l.wantQuiet(t)
	l.Reset()
	n := 0
	for {
		e, err := c.Next(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := e.(node.Received); ok {
			n++
		}
		if _, ok := e.(node.Disconnected); ok {
			break
		}
	}
	if n > kept || n == 0 {
		t.Errorf("%d messages were read while nobody took them, want up to %d", n, kept)
	}
}

// TestNobodyReadsConnections: a contact who connects again and again cannot
// pile up events either.
func TestNobodyReadsConnections(t *testing.T) {
	t.Parallel()
	const times, most = 300, 512
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	first := s.call(t, alice.Address())
	c := alice.conversation(t)
	// It is sent on every connection, and shows that there is one.
	if _, err := c.Send("are you there?"); err != nil {
		t.Fatal(err)
	}
	first.next(t)
	first.Reset()
	for refused, i := false, 0; i < times && !refused; i++ {
		stream := s.open(t, alice.Address())
		conn, h := wire.NewConn(stream), s.handshake(t, alice.Address().Peer, true)
		writeHandshake(t, conn, h)
		m, err := conn.Read(wire.Handshake)
		if refused = err != nil; refused {
			continue
		}
		if err := h.Read(m); err != nil {
			t.Fatal(err)
		}
		writeHandshake(t, conn, h)
		newLine(t, stream, conn, h).next(t)
		stream.Reset()
	}
	n := 0
	for ; ; n++ {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		_, err := c.Next(ctx)
		cancel()
		if err != nil {
			break
		}
	}
	if n > most || n == 0 {
		t.Errorf("%d events were kept", n)
	}
}
