package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// Requests that nobody waits for make room for others, however many there were.
func TestAbandonedCallsEnd(t *testing.T) {
	s := start(t)
	c := s.use(t)
	for range 3 * rpc.MaxInFlight {
		before := len(s.api.names())
		ctx, cancel := context.WithCancel(testContext(t))
		done := make(chan error)
		go func() { done <- c.Call(ctx, "ready", nil, nil) }()
		eventually(t, "ready waits", func() bool { return slices.Contains(s.api.names()[before:], "Ready") })
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatalf("error is %v, want that of the context", err)
		}
	}
	if err := c.Call(testContext(t), "ping", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestAbandonOverTheWire(t *testing.T) {
	for name, id := range map[string]string{"a number": "17", "a string": `"ready or not"`} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			c := s.client(t, s.secret(t))
			c.say(t, `{"jsonrpc":"2.0","id":`+id+`,"method":"ready"}`, `{"jsonrpc":"2.0","method":"abandon","params":{"request":`+id+`}}`)
			a := c.hear(t)
			if string(a.ID) != id {
				t.Errorf("reply to %s", a.ID)
			}
			wantKind(t, a.Error, "cancelled")
		})
	}
}

// What waits for its turn is not done, and what comes after it is.
func TestAbandonedRequestIsNotDone(t *testing.T) {
	s := start(t)
	s.api.hold = make(chan struct{})
	c := s.client(t, s.secret(t))
	for id := range 3 {
		c.say(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"send","params":{"conversation":1,"text":"%d"}}`, id, id))
	}
	eventually(t, "the first one begins", func() bool { return slices.Contains(s.api.names(), "Send") })
	c.say(t, `{"jsonrpc":"2.0","id":9,"method":"abandon","params":{"request":1}}`)
	if a := c.hear(t); string(a.ID) != "9" || a.Error != nil {
		t.Errorf("it is not abandoned: %+v", a)
	}
	close(s.api.hold)
	for id := range 3 {
		a := c.hear(t)
		if abandoned := a.Error != nil && a.Error.Is(rpc.ErrCancelled); abandoned != (id == 1) {
			t.Errorf("reply to %s is %v", a.ID, a.Error)
		}
	}
	if got := s.api.sent(); !slices.Equal(got, []string{"0", "2"}) {
		t.Errorf("messages are %q", got)
	}
}

// In a batch it ends all that is left of it; what is over, or never was, is not found
// and no error.
func TestAbandonABatch(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	c.say(
		t,
		`[{"jsonrpc":"2.0","id":1,"method":"ready"},{"jsonrpc":"2.0","id":2,"method":"ping"}]`,
		`{"jsonrpc":"2.0","method":"abandon","params":{"request":2}}`,
	)
	if line := c.line(t); strings.Count(line, "cancelled") < 2 {
		t.Errorf("the batch is answered with %s", line)
	}
	c.must(t, "abandon", map[string]any{"request": 2}, nil)
	for _, bad := range []any{nil, []int{1}, map[string]any{}, true, strings.Repeat("x", 200)} {
		wantKind(t, c.call(t, "abandon", map[string]any{"request": bad}, nil), "invalid_params")
	}
	c.must(t, "ping", nil, nil)
}
