package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/store"
)

// tokensName is the name under which the tokens of other programs are kept.
const tokensName = "node.tokens"

// Serve lets other programs on this machine use the node, by JSON-RPC on the socket of
// the profile (docs/rpc.md). The context is for the start; the caller closes the
// server, before the node. version is that of the program, for clients to know. It
// fails as rpc.Start does.
func (n *Node) Serve(ctx context.Context, version string) (*rpc.Server, error) {
	return rpc.Start(ctx, rpc.Config{
		Path: n.profile.SocketPath(), API: n, Tokens: tokens{n}, Version: version, Logger: n.log,
	})
}

// tokens keeps the tokens of other programs in the profile. There are few.
type tokens struct{ n *Node }

var _ token.Store = tokens{}

// List implements token.Store.
func (t tokens) List(ctx context.Context) (all []token.Record, err error) {
	err = t.n.store.View(ctx, func(tx *store.View) error {
		all, err = readTokens(tx)
		return err
	})
	return all, explain(err)
}

func readTokens(tx *store.View) (all []token.Record, err error) {
	b, err := tx.Setting(tokensName)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	return all, err
}

// Get implements token.Store.
func (t tokens) Get(ctx context.Context, id token.ID) (token.Record, error) {
	all, err := t.List(ctx)
	for _, r := range all {
		if r.ID == id {
			return r, nil
		}
	}
	if err == nil {
		err = token.ErrUnknown
	}
	return token.Record{}, err
}

// Put implements token.Store.
func (t tokens) Put(ctx context.Context, r token.Record) error {
	return t.change(ctx, func(all []token.Record) ([]token.Record, error) {
		return append(slices.DeleteFunc(all, func(old token.Record) bool { return old.ID == r.ID }), r), nil
	})
}

// Delete implements token.Store.
func (t tokens) Delete(ctx context.Context, id token.ID) error {
	return t.change(ctx, func(all []token.Record) ([]token.Record, error) {
		rest := slices.DeleteFunc(slices.Clone(all), func(r token.Record) bool { return r.ID == id })
		if len(rest) == len(all) {
			return nil, token.ErrUnknown
		}
		return rest, nil
	})
}

// change replaces the tokens, in the loop: one change comes after the other.
func (t tokens) change(ctx context.Context, f func([]token.Record) ([]token.Record, error)) error {
	return t.n.command(ctx, func(e *engine.Engine, _ time.Time) error {
		var all []token.Record
		err := t.n.view(ctx, func(tx *store.View) (err error) {
			all, err = readTokens(tx)
			return err
		})
		if err != nil {
			return err
		}
		if all, err = f(all); err != nil {
			return err
		}
		b, err := json.Marshal(all)
		if err != nil {
			return fmt.Errorf("tokens: %w", err)
		}
		e.Keep(ledger.PutSetting{Name: tokensName, Value: b})
		return nil
	})
}
