package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// toldName is the name under which it is kept which of our addresses contacts were,
// or are to be, told.
const toldName = "node.addresses"

// ChangeAddress makes a new onion address and tells all contacts. The old one stays
// until the new one can be reached and the last of them has confirmed it, or is
// deleted; links that were given away with it lead nowhere from then on. It fails with
// ErrLimit if too many are in use.
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
	return key.Address(), n.publish(key) // if that fails, it is tried again now and then
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

// catchUp brings about what was begun: addresses that are listened on, told to contacts,
// and given up when all have confirmed that. It is called by the loop now and then, the
// first time when the node starts, and fails only if the store does.
func (n *Node) catchUp(e *engine.Engine, now time.Time) error {
	if n.cfg.Offline {
		return nil
	}
	keys := n.profile.OnionKeys()
	for _, k := range keys {
		if err := n.publish(k); err != nil {
			n.log.Warn("an onion address is not listened on", "error", redact.Path(err))
		}
	}
	var before []byte
	err := n.view(n.ctx, func(tx *store.View) (err error) {
		before, err = tx.Setting(toldName)
		if errors.Is(err, store.ErrNotFound) {
			before, err = told(keys[len(keys)-1:]), nil // the first of all
		}
		return err
	})
	if err != nil {
		return err
	}
	if bytes.Equal(before, told(keys)) {
		if len(keys) == 1 || e.Moving() || !n.reachable(keys[0]) {
			return nil
		}
		retired := false
		for _, k := range keys[1:] {
			if err := n.profile.RetireOnionKey(k.Address()); err != nil {
				n.log.Warn("an old address cannot be given up", "error", redact.Path(err))
				continue
			}
			n.unpublish(k)
			retired = true
		}
		if !retired {
			return nil
		}
	}
	if err := n.tellAddresses(e, now); err != nil {
		n.log.Warn("contacts cannot be told of an address", "error", redact.Path(err))
	}
	return nil
}

// listensOn reports whether an onion address is listened on.
func (n *Node) listensOn(a onion.Address) bool {
	return slices.ContainsFunc(n.host.Network().ListenAddresses(), func(m ma.Multiaddr) bool {
		at, _, err := onion.FromMultiaddr(m)
		return err == nil && at == a
	})
}

// listened returns the address that others are to be given: the current one, or if
// that could not be listened on yet, one that is.
func (n *Node) listened() onion.Address {
	keys := n.profile.OnionKeys()
	if n.cfg.Offline {
		return keys[0].Address()
	}
	for _, k := range keys {
		if n.listensOn(k.Address()) {
			return k.Address()
		}
	}
	return keys[0].Address()
}

// reachable reports whether Tor brings people to an onion address at the moment.
func (n *Node) reachable(k onion.Key) bool {
	t, ok := tortransport.From(n.host.Network())
	places, err := listenAddresses([]onion.Key{k})
	if !ok || err != nil {
		return false
	}
	ctx, cancel := context.WithCancel(n.ctx)
	defer cancel()
	all, err := t.Status(ctx, places[0])
	if err != nil {
		return false
	}
	for s := range all {
		return s.Phase == tor.Reachable
	}
	return false
}

// publish listens on an onion address, if it is not listened on.
func (n *Node) publish(k onion.Key) error {
	if n.cfg.Offline || n.listensOn(k.Address()) {
		return nil
	}
	t, ok := tortransport.From(n.host.Network())
	if !ok {
		return tortransport.ErrNotListening
	}
	places, err := listenAddresses([]onion.Key{k})
	if err != nil {
		return err
	}
	if err := t.AddService(serviceOf(k)); err != nil {
		return err
	}
	if err := n.host.Network().Listen(places...); err != nil {
		return err
	}
	n.task(func() { n.watchService(k) })
	return nil
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
