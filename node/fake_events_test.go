package node_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// follow reads the events after a cursor, as slowly as pause says, until enough says
// so. Signals are left out.
func follow(t testing.TB, p *party, after ledger.Cursor, pause func(), enough func([]node.Event) bool) (all []node.Event) {
	t.Helper()
	for e, err := range p.Events(testContext(t), after) {
		if err != nil {
			t.Errorf("after %d events: %v", len(all), err)
			return all
		}
		if e.Presence != nil || e.Progress != nil || e.Kind == "typing" {
			continue
		}
		pause()
		if all = append(all, e); enough(all) {
			break
		}
	}
	return all
}

// TestReaders: whoever reads events gets them all, in their order, one of them slowly,
// and one who comes back again and again with a cursor.
func TestReaders(t *testing.T) {
	t.Parallel()
	const messages = 400 // several pages
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	_, contact := bob.join(t, alice)
	enough := func(all []node.Event) bool {
		n := 0
		for _, e := range all {
			if e.Kind == "message_queued" {
				n++
			}
		}
		return n == messages
	}
	results := make([][]node.Event, 4)
	var readers sync.WaitGroup
	for i, pause := range []func(){
		func() {}, func() {}, func() { time.Sleep(2 * time.Millisecond) },
	} {
		readers.Go(func() { results[i] = follow(t, alice, 0, pause, enough) })
	}
	readers.Go(func() {
		for !enough(results[3]) {
			var after ledger.Cursor
			if n := len(results[3]); n > 0 {
				after = results[3][n-1].Cursor
			}
			got := follow(t, alice, after, func() {}, func(some []node.Event) bool { return len(some) == 7 || enough(append(results[3:4:4][0], some...)) })
			results[3] = append(results[3], got...)
		}
	})
	for i := range messages {
		if _, err := alice.Send(testContext(t), contact.Conversation, fmt.Sprint(secret, i), node.SendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	readers.Wait()
	cursors := func(all []node.Event) (c []ledger.Cursor) {
		for _, e := range all {
			c = append(c, e.Cursor)
		}
		return c
	}
	first := cursors(results[0])
	for i, c := range first {
		if c != ledger.Cursor(i+1) {
			t.Fatalf("event %d has the cursor %d", i, c)
		}
	}
	for i, all := range results[1:] {
		if !slices.Equal(cursors(all), first) {
			t.Errorf("reader %d has %d events, the first one %d", i+1, len(all), len(first))
		}
	}
}

// TestEventsAreGone: who comes back with a cursor whose next events were dropped is
// told, and goes on from the latest.
func TestEventsAreGone(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, _ := bob.join(t, alice)
	for i := range 20 {
		l.say(t, text(byte(i+1), secret))
		alice.awaitKind(t, "message_received")
	}
	if err := alice.profile.Store().Update(testContext(t), func(tx *store.Update) error { return tx.DropEvents(5) }); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, last = range alice.Events(testContext(t), 1) {
		if last != nil {
			break
		}
	}
	if !errors.Is(last, node.ErrCursor) {
		t.Errorf("Events: %v", last)
	}
	s, err := alice.Status(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan []node.Event, 1)
	go func() {
		got <- follow(t, alice, s.Cursor, func() {}, func(some []node.Event) bool { return len(some) == 1 })
	}()
	l.say(t, text(99, secret))
	if e := (<-got)[0]; e.Kind != "message_received" || e.Cursor != s.Cursor+1 {
		t.Errorf("the next event is %+v", e)
	}
}

// TestReaderLeaves: a reader whose context ends hears that.
func TestReaderLeaves(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	ctx, cancel := context.WithCancel(testContext(t))
	ended := make(chan error, 1)
	go func() {
		var last error
		for _, last = range alice.Events(ctx, 0) {
			if last != nil {
				break
			}
		}
		ended <- last
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Events: %v", err)
	}
}
