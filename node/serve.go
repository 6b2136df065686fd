package node

import (
	"context"
	"errors"
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
		Path: n.profile.SocketPath(), API: n, Tokens: token.InValue(tokens{n}), Version: version, Logger: n.log,
	})
}

// tokens keeps the tokens of other programs in a setting of the profile.
type tokens struct{ n *Node }

var _ token.Value = tokens{}

// Load implements token.Value.
func (t tokens) Load(ctx context.Context) (b []byte, err error) {
	err = t.n.store.View(ctx, func(tx *store.View) (err error) {
		b, err = tx.Setting(tokensName)
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return b, explain(err)
}

// Save implements token.Value.
func (t tokens) Save(ctx context.Context, b []byte) error {
	return t.n.command(ctx, func(e *engine.Engine, _ time.Time) error {
		e.Keep(ledger.PutSetting{Name: tokensName, Value: b})
		return nil
	})
}
