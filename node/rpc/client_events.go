package rpc

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/onionwire/onionwire/node/ledger"
)

// FromNow is for Subscribe: no event that was before.
const FromNow ledger.Cursor = -1

const (
	// firstPause is how long Subscribe waits after a connection was lost, longestPause
	// how long at most after others that failed: a node that is started again is back
	// after a second.
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// Subscribe yields what happened after a cursor, then what happens, until ctx ends.
// It has a connection of its own, reads no further than the loop has come, and makes
// another connection when it is lost, also while the node is not running: from the
// last event that was yielded, so that each comes once, but for signals, which are
// not kept.
//
// The last pair has an error and the zero Event: that of ctx, an *Error if the node
// says that there are no events to be had, or why the first connection failed.
func (c *Client) Subscribe(ctx context.Context, after ledger.Cursor) iter.Seq2[Event, error] {
	return c.follow(ctx, after, false)
}

// follow is Subscribe. If it tells, it yields Disconnected and Reconnected too.
func (c *Client) follow(ctx context.Context, after ledger.Cursor, tells bool) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := &subscriber{client: c, after: after, yield: yield, tells: tells, pause: backoff.NewExponentialBackOff()}
		s.pause.InitialInterval, s.pause.MaxInterval = firstPause, longestPause
		for {
			err := s.listen(ctx)
			switch {
			case errors.Is(err, errEnough):
				return
			case ctx.Err() == nil && s.begun && passes(err):
				if s.tell(Disconnected) != nil {
					return
				}
			default:
				yield(Event{}, cmp.Or(ctx.Err(), err))
				return
			}
			select {
			case <-time.After(s.pause.NextBackOff()):
			case <-ctx.Done():
				yield(Event{}, ctx.Err())
				return
			}
		}
	}
}

// errEnough means that the loop was left.
var errEnough = errors.New("enough")

// passes reports whether what ended a subscription may be over soon.
func passes(err error) bool {
	var e *Error
	if errors.As(err, &e) {
		return e.Is(ErrClosed) || e.Is(ErrLimit) || e.Is(ErrCancelled)
	}
	return !errors.Is(err, ErrProtocol)
}

// subscriber is a loop over events.
type subscriber struct {
	client *Client
	after  ledger.Cursor
	begun  bool // whether it had a connection
	yield  func(Event, error) bool
	pause  *backoff.ExponentialBackOff
	tells  bool      // whether it yields what tell is given
	told   EventKind // by tell, the last time
}

// tell yields a signal that the connection is lost, or back, once each time. It fails
// with errEnough.
func (s *subscriber) tell(kind EventKind) error {
	if !s.tells || kind == s.told || kind == Reconnected && s.told == "" {
		return nil
	}
	s.told = kind
	if !s.yield(Event{Cursor: s.after, Happened: TimeOf(time.Now()), Kind: kind}, nil) {
		return errEnough
	}
	return nil
}

// listen yields events from one connection, and returns why it ended.
func (s *subscriber) listen(ctx context.Context) error {
	p, err := open(ctx, s.client.path, s.client.secret)
	if err != nil {
		return err
	}
	defer p.net.Close()
	var params subscribeParams
	if s.after != FromNow {
		params.After = &s.after
	}
	raw, err := p.ask(ctx, "subscribe", params)
	if err != nil {
		return err
	}
	var subscription Subscription
	if json.Unmarshal(raw, &subscription) != nil {
		return ErrProtocol
	}
	s.after, s.begun = subscription.After, true
	s.pause.Reset()
	if err := s.tell(Reconnected); err != nil {
		return err
	}
	defer p.closedBy(ctx)()
	for {
		in, err := p.receive(ctx)
		if err != nil {
			return err
		}
		if err := s.take(in); err != nil {
			return err
		}
	}
}

// take yields an event. What else a server may say one day, it passes over.
func (s *subscriber) take(in incoming) error {
	switch in.Method {
	case "event":
		var params eventParams
		if json.Unmarshal(in.Params, &params) != nil {
			return ErrProtocol
		}
		s.after = params.Event.Cursor
		if !s.yield(params.Event, nil) {
			return errEnough
		}
	case "subscription_ended":
		var params endedParams
		if json.Unmarshal(in.Params, &params) != nil || params.Error == nil {
			return ErrProtocol
		}
		return params.Error
	}
	return nil
}
