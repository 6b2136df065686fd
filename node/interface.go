package node

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

// interfaceSetting is the name of the setting with what an interface keeps.
const interfaceSetting = "interface.state"

// InterfaceState returns what an interface keeps for itself, or nothing.
func (n *Node) InterfaceState(ctx context.Context) (state string, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		value, err := tx.Setting(interfaceSetting)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		state = string(value)
		return err
	})
	return state, err
}

// SetInterfaceState keeps what an interface wants to find again, sealed as all settings
// are: it may name contacts. It fails with ErrInvalid if the text is no UTF-8 or has more
// than rpc.MaxInterfaceState bytes.
func (n *Node) SetInterfaceState(ctx context.Context, state string) error {
	switch {
	case len(state) > rpc.MaxInterfaceState:
		return fmt.Errorf("%w: the state of an interface has up to %d bytes", ErrInvalid, rpc.MaxInterfaceState)
	case !utf8.ValidString(state):
		return fmt.Errorf("%w: the state of an interface is UTF-8", ErrInvalid)
	}
	return n.command(ctx, func(e *engine.Engine, _ time.Time) error {
		e.Keep(ledger.PutSetting{Name: interfaceSetting, Value: []byte(state)})
		return nil
	})
}
