package rpc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/onionwire/onionwire/node/rpc/token"
)

// Method describes a method for those who call it.
type Method struct {
	Name   string  `json:"name"`
	Params []Param `json:"params"`
	// Result is a type as in docs/rpc.md.
	Result string `json:"result"`
	// Scopes are what a token must have.
	Scopes token.Scope `json:"scopes"`
	// Conversation is whether a token for one conversation will do, there.
	Conversation bool `json:"conversation"`
}

// access is who may call a method, and when.
type access struct {
	// scope is what the token must have.
	scope token.Scope
	// bound is whether a token for one conversation will do. What parameters refer
	// to is compared then, by their types; what is returned is for the method to
	// choose.
	bound bool
	// apart is for what takes long: it waits for no request before it, and none
	// after it waits for it.
	apart bool
	// changes is whether requests after it wait for it.
	changes bool
}

// method is a row of the table of methods.
type method struct {
	Method
	access
	run func(ctx context.Context, c *call, params json.RawMessage) (any, error)

	params, result reflect.Type
}

// nothing is the result of a method that has none, and the parameters of one that
// needs none.
type nothing struct{}

// define makes a row. P is a struct whose fields are the parameters, optional if
// their tag has an option. result is what the result is called, if not by its type.
func define[P, R any](name string, a access, result string, run func(ctx context.Context, c *call, p P) (R, error)) method {
	return method{
		Method: Method{
			Name:   name,
			Params: paramsOf(reflect.TypeFor[P]()),
			Result: cmp.Or(result, typeName(reflect.TypeFor[R]())),
			Scopes: a.scope, Conversation: a.bound,
		},
		access: a, params: reflect.TypeFor[P](), result: reflect.TypeFor[R](),
		run: func(ctx context.Context, c *call, params json.RawMessage) (any, error) {
			var p P
			if err := decode(params, &p); err != nil {
				return nil, err
			}
			if err := c.within(ctx, reflect.ValueOf(&p).Elem()); err != nil {
				return nil, err
			}
			return run(ctx, c, p)
		},
	}
}

// order makes a row for what is done to one thing, and returns nothing.
func order[P interface{ subject() T }, T any](name string, a access, do func(API, context.Context, T) error) method {
	return define(name, a, "", func(ctx context.Context, c *call, p P) (nothing, error) {
		return nothing{}, do(c.api(), ctx, p.subject())
	})
}

// call is a request that is being answered.
type call struct {
	conn  *conn
	grant token.Record
	// then is done once the reply is written.
	then []func()
}

func (c *call) api() API { return c.conn.server.cfg.API }

// authorise checks that the token allows the method. What it is about is compared
// when the parameters are read.
func (c *call) authorise(m method) error {
	if !c.grant.Scope.Allows(m.scope) {
		return failureOf(ErrForbidden, fmt.Sprintf("it needs the scope %s", m.scope))
	}
	if c.grant.Conversation != 0 && !m.bound {
		return failureOf(ErrForbidden, "the token is for one conversation")
	}
	return nil
}
