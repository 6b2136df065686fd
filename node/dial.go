package node

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

// dials are those that are under way, by contact.
type dials struct {
	mu     sync.Mutex
	cancel map[ledger.ContactID]*context.CancelFunc
}

// order begins a dial, or calls it off. It is called by the loop.
func (n *Node) order(d engine.Dial) {
	if n.cfg.Offline {
		return // the engine of the next node orders it again
	}
	n.dials.mu.Lock()
	defer n.dials.mu.Unlock()
	if n.dials.cancel == nil {
		n.dials.cancel = make(map[ledger.ContactID]*context.CancelFunc)
	}
	if before := n.dials.cancel[d.Contact]; before != nil {
		(*before)()
		delete(n.dials.cancel, d.Contact)
	}
	if d.Cancel {
		return
	}
	ctx, cancel := context.WithCancel(n.ctx)
	n.dials.cancel[d.Contact] = &cancel
	n.tasks.Go(func() {
		defer cancel()
		err := n.dial(ctx, d)
		cancelled := n.dials.over(d.Contact, &cancel)
		if err == nil || cancelled {
			return
		}
		n.log.Debug("dial failed", "error", redact.Path(err))
		final := errors.Is(err, ErrWrongPeer) || errors.Is(err, ErrNotProven)
		_ = n.do(context.WithoutCancel(ctx), func(e *engine.Engine, now time.Time) error {
			e.DialFailed(now, d.Contact, final)
			n.missed(e, d.Contact, troubleOf(err))
			return nil
		})
	})
}

// over forgets a dial, and reports whether it had been called off.
func (d *dials) over(id ledger.ContactID, cancel *context.CancelFunc) (cancelled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel[id] != cancel {
		return true
	}
	delete(d.cancel, id)
	return false
}

// dial connects to a contact and opens a link, which goes on by itself.
func (n *Node) dial(ctx context.Context, d engine.Dial) error {
	id, err := n.peerOf(ctx, d.Contact)
	if err != nil {
		return err
	}
	to := peer.AddrInfo{ID: id}
	if to.Addrs, err = n.places(ctx, d.Addresses); err != nil {
		return err
	}
	if d.Urgent {
		defer tortransport.Hurry(n.host.Network(), to.ID)()
	}
	n.host.Peerstore().ClearAddrs(to.ID) // libp2p would try those of earlier dials as well
	if err := onionhost.Dial(ctx, n.host, to); err != nil {
		return err
	}
	err = n.openLink(ctx, d.Contact, to.ID)
	if errors.Is(err, context.DeadlineExceeded) {
		// The connection is dead and does not know it. The next dial makes a new one.
		_ = n.host.Network().ClosePeer(to.ID)
	}
	return err
}

// places turns addresses into those of libp2p, and gives Tor the keys that it needs
// to find them.
func (n *Node) places(ctx context.Context, all []ledger.Address) ([]ma.Multiaddr, error) {
	var out []ma.Multiaddr
	for _, a := range all {
		addr, err := onion.FromPublicKey(a.Onion[:])
		if err != nil {
			return nil, err
		}
		if len(a.ClientKey) > 0 {
			key, err := onion.ParseClientKey(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(a.ClientKey))
			if err == nil {
				err = n.daemon.SetClientKey(ctx, addr, key)
			}
			if err != nil {
				return nil, fmt.Errorf("client authorisation: %w", err)
			}
		}
		m, err := addr.Multiaddr(a.Port)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// openLink opens a stream to a contact with whom there is a connection, with a
// handshake if that is needed.
func (n *Node) openLink(ctx context.Context, id ledger.ContactID, to peer.ID) error {
	var opening engine.Opening
	err := n.do(ctx, func(e *engine.Engine, now time.Time) (err error) {
		if err := n.ensure(ctx, e, now, id); err != nil {
			return err
		}
		opening, err = e.Opening(id, true)
		return err
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, n.cfg.patience.handshake)
	defer cancel()
	// Connecting was dial's business: it does so with the right limits, and its
	// errors keep the address to themselves.
	s, err := tortransport.OpenStream(network.WithNoDial(ctx, "connected before"), n.host.Network(), to, wire.ProtocolID)
	if err != nil {
		return fmt.Errorf("the contact does not answer: %w", err)
	}
	l := n.newLink(s, wire.NewConn(s))
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	err = n.begin(ctx, l, id, opening)
	if !stop() {
		err = fmt.Errorf("end-to-end handshake: %w", ctx.Err())
	}
	if err != nil {
		n.abandon(l, err)
		return err
	}
	n.tasks.Go(func() { n.serve(l, nil) })
	return nil
}

// begin lets a link of ours count.
func (n *Node) begin(ctx context.Context, l *link, id ledger.ContactID, o engine.Opening) error {
	up := engine.LinkUp{Link: l.id, Contact: id, Outbound: true}
	if o.Handshake {
		session, err := n.initiate(ctx, l, id, o)
		if err != nil {
			if errors.Is(err, ErrTurnedAway) && n.lacksProtocol(peer.ID(l.peer)) {
				err = fmt.Errorf("%w: it does not have %s", ErrVersion, wire.ProtocolID)
			}
			return fmt.Errorf("end-to-end handshake: %w", err)
		}
		up.Session = &session
	}
	return n.linkUp(ctx, l, up)
}

// linkUp tells the engine of a link, and waits for that whatever becomes of the
// context: the link must not be left in doubt.
func (n *Node) linkUp(ctx context.Context, l *link, up engine.LinkUp) error {
	n.links.add(l)
	ctx = context.WithoutCancel(ctx)
	err := n.do(ctx, func(e *engine.Engine, now time.Time) error {
		if err := n.ensure(ctx, e, now, up.Contact); err != nil {
			return err
		}
		err := e.LinkUp(now, up)
		if err != nil && up.Session != nil {
			e.Suspend(up.Contact, *up.Session)
		}
		return err
	})
	return err
}

// abandon gives up a link that is not served. The engine may know it already.
func (n *Node) abandon(l *link, why error) {
	l.cancel(why)
	_ = l.stream.Reset()
	n.lose(l)
}

// lose tells the engine that a link is gone.
func (n *Node) lose(l *link) {
	_ = n.do(n.ctx, func(e *engine.Engine, now time.Time) error {
		e.LinkDown(now, l.id)
		return nil
	})
	n.links.remove(l.id)
}

// lacksProtocol reports whether a peer has told which protocols it has, and ours is
// not among them. The answer to a stream does not tell: the reset behind it overtakes
// it.
func (n *Node) lacksProtocol(id peer.ID) bool {
	has, err := n.host.Peerstore().GetProtocols(id)
	return err == nil && len(has) > 0 && !slices.Contains(has, wire.ProtocolID)
}
