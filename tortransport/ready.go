package tortransport

import (
	"context"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// Ready waits until the onion service at laddr, which this transport listens on, is
// reachable. See [tor.Service.Ready] for the errors.
func (t *Transport) Ready(ctx context.Context, laddr ma.Multiaddr) error {
	l, err := t.listener(laddr)
	if err != nil {
		return fmt.Errorf("waiting for %w", err)
	}
	return l.service.Ready(ctx)
}

// Ready waits until every onion address that n listens on is reachable, as
// [Transport.Ready] does for one. Of those that nobody can tell it of it returns
// the error, when all others are.
func Ready(ctx context.Context, n network.Network) error {
	transports, ok := n.(interface {
		TransportForListening(ma.Multiaddr) transport.Transport
	})
	if !ok {
		return fmt.Errorf("%T does not tell its transports", n)
	}
	found := false
	var unknown error // of others it can be told
	for _, addr := range n.ListenAddresses() {
		if t, ok := transports.TransportForListening(addr).(*Transport); ok {
			found = true
			err := t.Ready(ctx, addr)
			if errors.Is(err, tor.ErrReadinessUnknown) {
				unknown = err
				continue
			}
			if err != nil {
				return err
			}
		}
	}
	if !found {
		return errors.New("no onion address is listened on")
	}
	return unknown
}
