package rpc

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// authenticate is the method that comes first.
const authenticate = "authenticate"

// protocol is increased when a method or a value changes what it means. What is only
// added does not increase it.
const protocol = 1

type (
	authenticateParams struct {
		Token string `json:"token"`
	}
	subscribeParams struct {
		After *ledger.Cursor `json:"after,omitempty"`
	}
	unsubscribeParams struct {
		Subscription int64 `json:"subscription"`
	}
	abandonParams struct {
		Request RequestID `json:"request"`
	}
)

// Rights are what authenticate returns: what the token allows.
type Rights struct {
	Scopes token.Scope `json:"scopes"`
	// Conversation is the only one that it is for, or 0.
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
	Expires      Time                  `json:"expires,omitzero"`
}

// Version is what the method of that name returns.
type Version struct {
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
}

// Subscription is what subscribe returns.
type Subscription struct {
	Subscription int64 `json:"subscription"`
	// After is the cursor that events come after.
	After ledger.Cursor `json:"after"`
}

var connectionMethods = []method{
	// authenticate comes first, and returns what the token allows.
	define(authenticate, anyone, "", func(ctx context.Context, c *call, p authenticateParams) (Rights, error) {
		return c.conn.authenticate(ctx, p.Token)
	}),
	// ping does nothing.
	define("ping", anyone, "", func(context.Context, *call, nothing) (nothing, error) {
		return nothing{}, nil
	}),
	// version is that of the program, and of this protocol, which is 1.
	define("version", anyone, "", func(_ context.Context, c *call, _ nothing) (Version, error) {
		return Version{Version: c.conn.server.cfg.Version, Protocol: protocol}, nil
	}),
	// methods are these tables.
	define("methods", anyone, "", func(context.Context, *call, nothing) ([]Method, error) {
		all := []Method{}
		for _, m := range methods {
			all = append(all, m.Method)
		}
		slices.SortFunc(all, func(a, b Method) int { return cmp.Compare(a.Name, b.Name) })
		return all, nil
	}),
	// abandon says that nobody waits for the reply to a request any more, or to the batch
	// that it is in: what is not done is left, and the error is cancelled.
	define(abandon, anyone, "", func(_ context.Context, c *call, p abandonParams) (nothing, error) {
		c.conn.flight.end(p.Request)
		return nothing{}, nil
	}),
	// subscribe gives events after a cursor, or from now on; see below.
	define("subscribe", member, "", subscribe),
	// unsubscribe ends that; one more event may be on its way.
	define("unsubscribe", member, "", func(_ context.Context, c *call, p unsubscribeParams) (nothing, error) {
		return nothing{}, c.conn.subscriptions.drop(p.Subscription)
	}),
}

// authenticate is for the reader, as long as the client has not shown its token.
func (c *conn) authenticate(ctx context.Context, text string) (Rights, error) {
	if c.known {
		return Rights{}, failureOf(ErrState, "a token was shown already")
	}
	secret, err := token.Parse(text)
	if err != nil {
		return Rights{}, ErrToken
	}
	if c.grant, err = c.server.grant(ctx, c, secret); err != nil {
		c.grant = token.Record{}
		return Rights{}, err
	}
	c.known = true
	c.expire(c.grant.Expires)
	return Rights{Scopes: c.grant.Scope, Conversation: c.grant.Conversation, Expires: TimeOf(c.grant.Expires)}, nil
}

func subscribe(ctx context.Context, c *call, p subscribeParams) (Subscription, error) { //nolint:contextcheck // events outlive the request
	var s Subscription
	switch {
	case p.After == nil:
		status, err := c.api().Status(ctx)
		if err != nil {
			return s, err
		}
		s.After = status.Cursor
	case *p.After < 0:
		return s, fmt.Errorf("%w: a cursor is not negative", ErrInvalid)
	default:
		s.After = *p.After
	}
	id, live, err := c.conn.subscriptions.add()
	if err != nil {
		return s, err
	}
	s.Subscription = id
	c.then = append(c.then, func() {
		c.conn.jobs.Go(func() { c.conn.tell(live, c, s) })
	})
	return s, nil
}
