package tortransport

import (
	"context"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// Ready waits until the onion service at addr, which this transport listens on, is
// published, so that clients find it. It looks no further: once published, a
// service counts as ready while its daemon lives. See [tor.Service.Ready] for the
// errors.
func (t *Transport) Ready(ctx context.Context, laddr ma.Multiaddr) error {
	addr, _, err := onion.FromMultiaddr(laddr)
	if err != nil {
		return err
	}
	t.mu.Lock()
	l := t.listeners[addr]
	t.mu.Unlock()
	if l == nil {
		return fmt.Errorf("waiting for %s: not listened on", addr.Short())
	}
	return l.service.Ready(ctx)
}

// Ready waits until every onion address that n listens on is published, as
// [Transport.Ready] does for one.
func Ready(ctx context.Context, n network.Network) error {
	transports, ok := n.(interface {
		TransportForListening(ma.Multiaddr) transport.Transport
	})
	if !ok {
		return fmt.Errorf("%T does not tell its transports", n)
	}
	found := false
	for _, addr := range n.ListenAddresses() {
		if t, ok := transports.TransportForListening(addr).(*Transport); ok {
			found = true
			if err := t.Ready(ctx, addr); err != nil {
				return err
			}
		}
	}
	if !found {
		return errors.New("no onion address is listened on")
	}
	return nil
}
