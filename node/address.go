package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// toldName is the name under which it is kept which of our addresses contacts were,
// or are to be, told.
const toldName = "node.addresses"

// ChangeAddress makes a new onion address and tells all contacts. The old one stays
// until the last of them has confirmed that, or is deleted; links that were given away
// with it lead nowhere from then on. It fails with ErrLimit if too many are in use.
func (n *Node) ChangeAddress(ctx context.Context) (onion.Address, error) {
	var key onion.Key
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		if key, err = n.profile.NewOnionKey(); err != nil {
			return err
		}
		return n.tellAddresses(e, now)
	})
	if errors.Is(err, profile.ErrTooManyKeys) {
		err = fmt.Errorf("%w: %w", ErrLimit, err)
	}
	if err != nil {
		return onion.Address{}, err
	}
	return key.Address(), n.publish(key)
}

// tellAddresses tells contacts where we are to be reached, and keeps that they were.
func (n *Node) tellAddresses(e *engine.Engine, now time.Time) error {
	keys := n.profile.OnionKeys()
	if err := e.SetAddresses(now, ownAddresses(keys)); err != nil {
		return err
	}
	e.Keep(ledger.PutSetting{Name: toldName, Value: told(keys)})
	return nil
}

// told is the list of addresses in the form in which it is kept.
func told(keys []onion.Key) []byte {
	var b []byte
	for _, k := range keys {
		b = append(b, k.Address().PublicKey()...)
	}
	return b
}

// catchUp tells contacts of addresses if a crash came in between, and gives up those
// that all have confirmed. It is called by the loop.
func (n *Node) catchUp(now time.Time) error {
	keys := n.profile.OnionKeys()
	var before []byte
	err := n.view(n.ctx, func(tx *store.View) (err error) {
		before, err = tx.Setting(toldName)
		if errors.Is(err, store.ErrNotFound) {
			before, err = told(keys[len(keys)-1:]), nil // the first of all
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !bytes.HasPrefix(before, told(keys[:1])):
		return n.tellAddresses(n.engine, now)
	case len(keys) == 1 || n.engine.Moving():
		return nil
	}
	for _, k := range keys[1:] {
		if err := n.profile.RetireOnionKey(k.Address()); err != nil {
			n.log.Warn("an old address cannot be given up", "error", err)
			continue
		}
		n.unpublish(k)
	}
	return n.tellAddresses(n.engine, now)
}

// publish listens on another onion address from now on.
func (n *Node) publish(k onion.Key) error {
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return tortransport.ErrNotListening
	}
	places, err := listenAddresses([]onion.Key{k})
	if err != nil {
		return err
	}
	if err := t.AddOnionKey(k); err != nil {
		return err
	}
	return n.host.Network().Listen(places...)
}

// unpublish listens on an address no more.
func (n *Node) unpublish(k onion.Key) {
	closer, ok := n.host.Network().(interface{ ListenClose(...ma.Multiaddr) })
	if !ok {
		return
	}
	if places, err := listenAddresses([]onion.Key{k}); err == nil {
		n.task(func() { closer.ListenClose(places...) }) // Tor may take its time
	}
}
