package node_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestNextEndsWithItsContext(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Silent: true} })
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	c, err := alice.Conversation(s.address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if e, err := c.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, %v", e, err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if e, err := c.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("timed out: %v, %v", e, err)
	}
	if _, err := alice.Accept(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Accept: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { alice.Close() })
	within(t, "Next", func() {
		if e, err := c.Next(context.Background()); !errors.Is(err, node.ErrClosed) {
			t.Errorf("closed: %v, %v", e, err)
		}
	})
}

// TestNextLosesNothing cancels again and again while messages come.
func TestNextLosesNothing(t *testing.T) {
	t.Parallel()
	const n = 100
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c := alice.conversation(t)
	texts := numbered("text", n)
	var sender sync.WaitGroup
	defer sender.Wait()
	sender.Go(func() {
		for _, text := range texts {
			l.sendText(t, text)
		}
	})
	deadline := time.Now().Add(testTimeout)
	for i := 0; i < n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d messages", i, n)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Microsecond)
		e, err := c.Next(ctx)
		cancel()
		if r, ok := e.(node.Received); ok && err == nil {
			if r.Text != texts[i] {
				t.Fatalf("message %d is another one", i)
			}
			i++
		}
	}
}
