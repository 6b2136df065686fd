package node_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
)

// diary takes the events of a conversation and keeps what they say.
type diary struct {
	*node.Conversation

	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every event
	story
}

// story is what has happened so far.
type story struct {
	connected    []node.Connected
	disconnected []error
	unreachable  []error
	retries      []time.Duration // beside unreachable
	received     []string
	delivered    []wire.MessageID
}

// up reports whether the conversation has a connection.
func (s *story) up() bool { return len(s.connected) == len(s.disconnected)+1 }

// keepDiary reads events until the test or the conversation ends.
func keepDiary(t testing.TB, c *node.Conversation) *diary {
	t.Helper()
	d := &diary{Conversation: c, changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			e, err := c.Next(ctx)
			if err != nil {
				return
			}
			d.write(e)
		}
	})
	t.Cleanup(func() {
		cancel()
		reader.Wait()
	})
	return d
}

func (d *diary) write(e node.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := e.(type) {
	case node.Connected:
		d.connected = append(d.connected, e)
	case node.Disconnected:
		d.disconnected = append(d.disconnected, e.Err)
	case node.Unreachable:
		d.unreachable, d.retries = append(d.unreachable, e.Err), append(d.retries, e.Retry)
	case node.Received:
		d.received = append(d.received, e.Text)
	case node.Delivered:
		d.delivered = append(d.delivered, e.ID)
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// await waits until the story is as told.
func (d *diary) await(t testing.TB, what string, told func(*story) bool) {
	t.Helper()
	d.awaitFor(t, testTimeout, what, told)
}

func (d *diary) awaitFor(t testing.TB, limit time.Duration, what string, told func(*story) bool) {
	t.Helper()
	deadline := time.After(limit)
	for {
		d.mu.Lock()
		ok, changed := told(&d.story), d.changed
		d.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			s := d.now()
			t.Fatalf("%s: not within %s; connected %d, disconnected %v, unreachable %v, received %d, delivered %d, undelivered %d",
				what, limit, len(s.connected), s.disconnected, s.unreachable, len(s.received), len(s.delivered), d.Undelivered())
		}
	}
}

// now is the story so far.
func (d *diary) now() story {
	d.mu.Lock()
	defer d.mu.Unlock()
	return story{
		slices.Clone(d.connected), slices.Clone(d.disconnected), slices.Clone(d.unreachable), slices.Clone(d.retries),
		slices.Clone(d.received), slices.Clone(d.delivered),
	}
}

func (d *diary) awaitUp(t testing.TB) {
	t.Helper()
	d.await(t, "a connection", (*story).up)
}

// say sends texts and returns their ids.
func (d *diary) say(t testing.TB, texts ...string) []wire.MessageID {
	t.Helper()
	ids := make([]wire.MessageID, len(texts))
	for i, text := range texts {
		var err error
		if ids[i], err = d.Send(text); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// awaitHeard waits until all texts have been received, and fails the test
// unless they came once each and in order.
func (d *diary) awaitHeard(t testing.TB, texts []string) {
	t.Helper()
	d.await(t, "all messages", func(s *story) bool { return len(s.received) >= len(texts) })
	if got := d.now().received; !slices.Equal(got, texts) {
		t.Fatalf("received %d texts, not the %d that were sent in their order", len(got), len(texts))
	}
}

// awaitDelivered waits until all messages are delivered, and fails the test
// unless each was once and in order.
func (d *diary) awaitDelivered(t testing.TB, ids []wire.MessageID) {
	t.Helper()
	d.await(t, "all deliveries", func(s *story) bool { return len(s.delivered) >= len(ids) })
	if got := d.now().delivered; !slices.Equal(got, ids) {
		t.Fatalf("%d deliveries, not of the %d messages that were sent in their order", len(got), len(ids))
	}
	if n := d.Undelivered(); n != 0 {
		t.Fatalf("%d messages are undelivered", n)
	}
}
