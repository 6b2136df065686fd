package tor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// takeBackTimeout bounds how long the end of an attached daemon waits for tor to
// forget our keys.
const takeBackTimeout = 5 * time.Second

// clientKeys are the keys that a daemon was given, for all the tors that it has in
// its life.
type clientKeys struct {
	turn chan struct{}                     // holds a token while nobody sets or removes a key
	keys map[onion.Address]onion.ClientKey // guarded by Daemon.mu
}

func newClientKeys() clientKeys {
	c := clientKeys{turn: make(chan struct{}, 1), keys: make(map[onion.Address]onion.ClientKey)}
	c.turn <- struct{}{}
	return c
}

// SetClientKey makes tor use a key to find an onion service that only certain
// clients may use, instead of the key that it may have had for it. The key is given
// to every tor that the daemon finds or starts later, too.
//
// When SetClientKey returns nil, tor has the key. Without a connection to tor it
// waits for one; if ctx ends first, the key is used all the same as soon as there
// is one. If tor refuses it, or a filter in front of tor does (ErrRefused), the key
// is forgotten, and what was set before stays.
//
// The key is known to nobody but tor's memory, but a tor that is attached to uses it
// for all its users until the daemon is closed.
func (d *Daemon) SetClientKey(ctx context.Context, addr onion.Address, key onion.ClientKey) error {
	if addr.IsZero() || key.IsZero() {
		return errors.New("a client authorisation key and the address it is for are needed")
	}
	return d.changeClientKey(ctx, addr, key, addClientKey(addr, key))
}

// RemoveClientKey makes tor forget the key for an onion service, whoever has set
// it. It waits and returns errors as [Daemon.SetClientKey] does. What tor has learnt
// with the key stays for a while: it may reach the service until it needs a new
// descriptor, which takes up to some hours.
func (d *Daemon) RemoveClientKey(ctx context.Context, addr onion.Address) error {
	if addr.IsZero() {
		return errors.New("the address of the client authorisation key is needed")
	}
	return d.changeClientKey(ctx, addr, onion.ClientKey{}, removeClientKey(addr))
}

// The commands are in control-spec sections 3.30 and 3.31.

func addClientKey(addr onion.Address, key onion.ClientKey) string {
	return "ONION_CLIENT_AUTH_ADD " + addr.ServiceID() + " " + key.ControlString()
}

func removeClientKey(addr onion.Address) string {
	return "ONION_CLIENT_AUTH_REMOVE " + addr.ServiceID()
}

// changeClientKey remembers a key, or that there is none, and tells tor.
func (d *Daemon) changeClientKey(ctx context.Context, addr onion.Address, key onion.ClientKey, command string) error {
	select {
	case <-d.clientKeys.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { d.clientKeys.turn <- struct{}{} }()
	if d.ctx.Err() != nil { // what is set now would not be taken back
		return fmt.Errorf("client authorisation key for %s: %w", addr.Short(), ErrClosed)
	}
	before := d.rememberClientKey(addr, key)
	for {
		s, err := d.await(ctx)
		if err != nil {
			return fmt.Errorf("client authorisation key for %s: %w", addr.Short(), err)
		}
		_, err = s.control.request(ctx, command)
		switch {
		case errors.Is(err, ErrControl):
			// The next session begins with the key.
			select {
			case <-s.lost:
			case <-ctx.Done():
			}
		case errors.Is(err, ErrRefused):
			d.rememberClientKey(addr, before)
			return fmt.Errorf("client authorisation key for %s: the control port does not take it: %w", addr.Short(), err)
		case err != nil:
			return fmt.Errorf("client authorisation key for %s: %w", addr.Short(), err)
		default:
			return nil
		}
	}
}

func (d *Daemon) rememberClientKey(addr onion.Address, key onion.ClientKey) (before onion.ClientKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before = d.clientKeys.keys[addr]
	if key.IsZero() {
		delete(d.clientKeys.keys, addr)
	} else {
		d.clientKeys.keys[addr] = key
	}
	return before
}

func (d *Daemon) rememberedClientKeys() map[onion.Address]onion.ClientKey {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.clientKeys.keys)
}

// restoreClientKeys gives a new session the keys that the daemon has been given. It
// fails only with the session: a refusal is logged, since nobody is there to tell.
func (d *Daemon) restoreClientKeys(ctx context.Context, conn *controlConn) error {
	for addr, key := range d.rememberedClientKeys() {
		_, err := conn.request(ctx, addClientKey(addr, key))
		if errors.Is(err, ErrRefused) {
			d.log.Warn("tor does not take a client authorisation key back", "service", addr.Short(), "error", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("restoring client authorisation keys: %w", err)
		}
	}
	return nil
}

// takeBackClientKeys makes an attached tor, which goes on without us, forget our
// keys. A key that is just being set is waited for, or tor would keep it.
func (d *Daemon) takeBackClientKeys(conn *controlConn) {
	if d.Managed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), takeBackTimeout)
	defer cancel()
	select {
	case <-d.clientKeys.turn:
		defer func() { d.clientKeys.turn <- struct{}{} }()
	case <-conn.closed: // tor cannot be told any more
		return
	case <-ctx.Done():
	}
	for addr := range d.rememberedClientKeys() {
		if _, err := conn.request(ctx, removeClientKey(addr)); err != nil {
			d.log.Warn("tor may still have a client authorisation key of ours", "service", addr.Short(), "error", err)
		}
	}
}
