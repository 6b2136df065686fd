package rpc_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// event waits for an event of a subscription.
func (c *raw) event(t testing.TB) rpc.Event {
	t.Helper()
	a := c.hear(t)
	var params struct {
		Subscription int64
		Event        rpc.Event
	}
	if a.Method != "event" || json.Unmarshal(a.Params, &params) != nil || params.Subscription == 0 {
		t.Fatalf("no event: %s %s %v", a.Method, a.Params, a.Error)
	}
	return params.Event
}

// ended waits for the end of a subscription.
func (c *raw) ended(t testing.TB) *rpc.Error {
	t.Helper()
	a := c.hear(t)
	var params struct{ Error *rpc.Error }
	if a.Method != "subscription_ended" || json.Unmarshal(a.Params, &params) != nil {
		t.Fatalf("no end: %s %s %v", a.Method, a.Params, a.Error)
	}
	return params.Error
}

func TestEventsComeAfterTheirCursor(t *testing.T) {
	s := start(t)
	for range 5 {
		s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	}
	c := s.client(t, s.secret(t))
	var subscription rpc.Subscription
	c.must(t, "subscribe", map[string]any{"after": 3}, &subscription)
	if subscription.Subscription == 0 || subscription.After != 3 {
		t.Errorf("subscription is %+v", subscription)
	}
	s.api.happen(rpc.Event{Kind: "message_received", Contact: 1, Conversation: 1, Message: 9})
	for _, want := range []ledger.Cursor{4, 5, 6} {
		if e := c.event(t); e.Cursor != want || !e.Happened.Equal(then.Time) {
			t.Errorf("event %+v, want cursor %d", e, want)
		}
	}
}

func TestEventsFromNow(t *testing.T) {
	s := start(t)
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	c := s.client(t, s.secret(t))
	var subscription rpc.Subscription
	c.must(t, "subscribe", nil, &subscription)
	if subscription.After != 1 {
		t.Errorf("subscription is %+v", subscription)
	}
	s.api.happen(rpc.Event{Kind: "message_received", Contact: 1})
	if e := c.event(t); e.Cursor != 2 {
		t.Errorf("event %+v", e)
	}
}

func TestUnsubscribe(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	var one, two rpc.Subscription
	c.must(t, "subscribe", nil, &one)
	c.must(t, "subscribe", nil, &two)
	c.must(t, "unsubscribe", map[string]any{"subscription": one.Subscription}, nil)
	wantKind(t, c.call(t, "unsubscribe", map[string]any{"subscription": one.Subscription}, nil), "not_found")
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	c.event(t)
	c.must(t, "ping", nil, nil) // and no second event before the reply
}

func TestSubscriptionsAreBounded(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for range rpc.MaxSubscriptions {
		c.must(t, "subscribe", nil, nil)
	}
	wantKind(t, c.call(t, "subscribe", nil, nil), "limit")
	c.must(t, "unsubscribe", map[string]any{"subscription": 1}, nil)
	c.must(t, "subscribe", nil, nil)
}

func TestWhatEndsASubscriptionIsTold(t *testing.T) {
	s := start(t)
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	s.api.ends = fmt.Errorf("compacted: %w", rpc.ErrCursor)
	c := s.client(t, s.secret(t))
	c.must(t, "subscribe", map[string]any{"after": 0}, nil)
	c.event(t)
	wantKind(t, c.ended(t), "lost_cursor")
	// It has left its place.
	for range rpc.MaxSubscriptions {
		c.must(t, "subscribe", map[string]any{"after": 1}, nil)
		wantKind(t, c.ended(t), "lost_cursor")
	}
}

// A client that does not read for a while holds nobody up, has no memory used for
// it, and misses nothing.
func TestSlowReadersGetEverything(t *testing.T) {
	t.Parallel()
	s := start(t)
	slow := s.client(t, s.secret(t))
	slow.must(t, "subscribe", map[string]any{"after": 0}, nil)
	const all = 20_000 // some megabytes, much more than the buffers of a socket
	for i := range all {
		s.api.happen(rpc.Event{Kind: "message_received", Contact: 1, Conversation: 1, Message: ledger.MessageNumber(i + 1)})
	}
	quick := s.client(t, s.secret(t))
	quick.must(t, "subscribe", map[string]any{"after": all - 1}, nil)
	if e := quick.event(t); e.Cursor != all {
		t.Errorf("event %+v", e)
	}
	if n := s.api.yielded.Load(); n > all/2 {
		t.Errorf("%d events were taken for a client that does not read", n)
	}
	for i := range all {
		if e := slow.event(t); int(e.Cursor) != i+1 {
			t.Fatalf("event %+v, want cursor %d", e, i+1)
		}
	}
}

// Clients that are gone are in nobody's way.
func TestEventsEndWithTheConnection(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range 3 * rpc.MaxConnections {
		c := s.enter(t)
		c.must(t, "subscribe", nil, nil)
		c.Close()
	}
}
