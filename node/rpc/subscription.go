package rpc

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// subscriptions are those of a connection.
type subscriptions struct {
	ctx context.Context //nolint:containedctx // ends when no more is read
	end context.CancelFunc

	mu   sync.Mutex
	last int64
	live map[int64]context.CancelFunc
}

func (s *subscriptions) begin(ctx context.Context) {
	s.ctx, s.end = context.WithCancel(ctx)
	s.live = make(map[int64]context.CancelFunc)
}

// add returns the number of a new one and a context that ends with it.
func (s *subscriptions) add() (int64, context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) >= MaxSubscriptions {
		return 0, nil, fmt.Errorf("%w: there are %d subscriptions", ErrLimit, len(s.live))
	}
	s.last++
	ctx, cancel := context.WithCancel(s.ctx)
	s.live[s.last] = cancel
	return s.last, ctx, nil
}

// drop ends one, or fails with ErrNotFound.
func (s *subscriptions) drop(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cancel, ok := s.live[id]
	if !ok {
		return ErrNotFound
	}
	cancel()
	delete(s.live, id)
	return nil
}

type (
	eventParams struct {
		Subscription int64 `json:"subscription"`
		Event        Event `json:"event"`
	}
	endedParams struct {
		Subscription int64  `json:"subscription"`
		Error        *Error `json:"error"`
	}
)

// tell sends the events of a subscription. There is no queue: the next one is taken
// when the last one is written, so that a client that lags gets all of them in its
// own time. What ends it but the client is told.
func (c *conn) tell(ctx context.Context, work *call, s Subscription) {
	err := c.tellUntil(ctx, work, s)
	if ctx.Err() == nil {
		e, known := explain(err)
		if !known {
			c.log.Error("subscription failed", "err", redact.Path(err))
		}
		_ = c.notify("subscription_ended", endedParams{s.Subscription, e})
	}
	_ = c.subscriptions.drop(s.Subscription)
}

func (c *conn) tellUntil(ctx context.Context, work *call, s Subscription) error {
	for e, err := range c.server.cfg.API.Events(ctx, s.After) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if work.grant.Ended(time.Now()) { // the clock may have been set
			c.cancel()
			return ErrToken
		}
		shown, err := work.showsEvent(ctx, e)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		if err := c.notify("event", eventParams{s.Subscription, e}); err != nil {
			return err
		}
	}
	return ErrClosed
}

func (c *conn) notify(method string, params any) error {
	line, err := encode(notification{Version: version, Method: method, Params: params})
	if err != nil {
		return err
	}
	c.write(line)
	return nil
}
