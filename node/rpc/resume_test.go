package rpc_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Over restarts of the node each event comes once, in order.
func TestSubscribeResumes(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.use(t)
	const all, each = 60, 10
	happen := func() {
		for range each {
			s.api.happen(rpc.Event{Kind: "message_received", Contact: 1, Conversation: 1})
		}
	}
	happen()
	next := ledger.Cursor(1)
	for e, err := range c.Subscribe(testContext(t), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Cursor != next {
			t.Fatalf("event %+v, want cursor %d", e, next)
		}
		next++
		switch {
		case e.Cursor == all:
			return
		case e.Cursor%each == 0:
			s.Close()
			happen() // while it is away
			s.restart(t)
		case e.Cursor%each == each/2: // in the middle of what comes
			s.Close()
			s.restart(t)
		}
	}
	t.Error("the loop ended")
}

func TestSubscribeFromNowResumes(t *testing.T) {
	s := start(t)
	c := s.use(t)
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1}) // before
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	got := make(chan rpc.Event)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e, err := range c.Subscribe(ctx, rpc.FromNow) {
			if err != nil {
				return
			}
			got <- e
		}
	}()
	eventually(t, "it has begun", func() bool { return slices.Contains(s.api.names(), "Events") })
	s.Close()
	s.api.happen(rpc.Event{Kind: "message_received", Contact: 1}) // while it is away
	s.restart(t)
	if e := <-got; e.Cursor != 2 {
		t.Errorf("event %+v, want cursor 2", e)
	}
	cancel()
	<-done
}

func TestSubscribeEndsWithItsContext(t *testing.T) {
	s := start(t)
	c := s.use(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	var last error
	for _, err := range c.Subscribe(ctx, 0) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("the last error is %v, want that of the context", last)
	}
}

func TestSubscribeEndsWithItsLoop(t *testing.T) {
	s := start(t)
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	for _, err := range s.use(t).Subscribe(testContext(t), 0) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
}

func TestSubscribeTellsWhatWillNotPass(t *testing.T) {
	last := func(c *rpc.Client) (last error) {
		for _, err := range c.Subscribe(testContext(t), 0) {
			last = err
		}
		return last
	}
	t.Run("events are gone", func(t *testing.T) {
		s := start(t)
		s.api.ends = rpc.ErrCursor
		if err := last(s.use(t)); !errors.Is(err, rpc.ErrCursor) {
			t.Errorf("error is %v, want ErrCursor", err)
		}
	})
	t.Run("the node is not there from the beginning", func(t *testing.T) {
		s := start(t)
		c := s.use(t)
		s.Close()
		if err := last(c); !errors.Is(err, rpc.ErrNotRunning) {
			t.Errorf("error is %v, want ErrNotRunning", err)
		}
	})
	t.Run("the token may not read", func(t *testing.T) {
		s := start(t)
		_, secret := s.newToken(t, params{"scopes": []string{"send"}})
		c, err := rpc.Dial(testContext(t), s.path, secret)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := last(c); !errors.Is(err, rpc.ErrForbidden) {
			t.Errorf("error is %v, want ErrForbidden", err)
		}
	})
	t.Run("the token is dropped", func(t *testing.T) {
		s := start(t)
		id, secret := s.newToken(t, params{"scopes": []string{"read"}})
		s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
		c, err := rpc.Dial(testContext(t), s.path, secret)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var last error
		for _, err := range c.Subscribe(testContext(t), 0) {
			if err == nil {
				s.client(t, s.secret(t)).must(t, "drop_token", params{"id": id}, nil)
			}
			last = err
		}
		if !errors.Is(last, rpc.ErrToken) {
			t.Errorf("error is %v, want ErrToken", last)
		}
	})
}
