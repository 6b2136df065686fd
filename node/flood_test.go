package node_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestNobodyReads: while nobody calls Next, no more than so many events are
// kept and the other side waits; nothing is lost by it.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	const flood, kept = 1000, 256
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c, err := alice.Accept(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
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
			content, err := l.Open(cell)
			session.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			if d, err := wire.Decode(content); err == nil {
				confirmed.Add(int64(len(d.(wire.Confirmation).IDs)))
			}
		}
	})
	for last := int64(-1); last != confirmed.Load(); time.Sleep(500 * time.Millisecond) {
		last = confirmed.Load()
	}
	if n := confirmed.Load(); n > kept || n == 0 {
		t.Fatalf("%d messages were taken while nobody reads, want up to %d", n, kept)
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

// TestNobodyReadsConnections: a contact who connects again and again cannot
// pile up events either.
func TestNobodyReadsConnections(t *testing.T) {
	t.Parallel()
	const most = 512
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	first := s.call(t, alice.Address())
	c, err := alice.Accept(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	first.Reset()
	refused := false
	for i := 0; i < most && !refused; i++ {
		stream := s.open(t, alice.Address())
		conn, h := wire.NewConn(stream), s.handshake(t, alice.Address().Peer, true)
		m, err := h.Write()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Write(wire.Handshake, m)
		if m, err = conn.Read(wire.Handshake); err != nil {
			refused = true
			continue
		}
		if err := h.Read(m); err != nil {
			t.Fatal(err)
		}
		writeHandshake(t, conn, h)
		l := newLine(t, stream, conn, h)
		l.sendText(t, "x")
		l.confirm(t, wire.MessageID{})
		// Until the message is confirmed, or nothing is read any more.
		_ = stream.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		_, err = conn.Read(wire.Cell)
		stream.Reset()
		refused = err != nil
	}
	if !refused {
		t.Error("connections are taken without end")
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
	if n > most {
		t.Errorf("%d events were kept", n)
	}
}
