package onionhost

import (
	"context"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"

	"github.com/onionwire/onionwire/tortransport"
)

// ErrWrongPeer means that somebody else than expected answers at an address.
var ErrWrongPeer = errors.New("another identity answers at this address")

// Connect connects h to a peer as host.Host.Connect does, with three
// differences that Tor and its users ask for: libp2p's limit of a minute for
// all of it is raised to tortransport.DialTimeout; the dial is urgent, and made
// now, however lately one has failed (see [tortransport.Transport.Hurry]); and the
// error is the reason alone, without the addresses that libp2p's has in full. It
// matches ErrWrongPeer, the errors of package tortransport, or the context's.
func Connect(ctx context.Context, h host.Host, to peer.AddrInfo) error {
	defer hurry(h, to.ID)()
	return reason(h.Connect(network.WithDialPeerTimeout(ctx, tortransport.DialTimeout), to))
}

// Dial is Connect without the wait for identify, which takes two round trips more:
// for who goes on with tortransport.OpenStream.
func Dial(ctx context.Context, h host.Host, to peer.AddrInfo) error {
	defer hurry(h, to.ID)()
	h.Peerstore().AddAddrs(to.ID, to.Addrs, peerstore.TempAddrTTL)
	_, err := h.Network().DialPeer(network.WithDialPeerTimeout(ctx, tortransport.DialTimeout), to.ID)
	return reason(err)
}

// hurry makes dials to a peer urgent, libp2p's pause behind a failed one included,
// until done is called.
func hurry(h host.Host, p peer.ID) (done func()) {
	if s, ok := h.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(p)
	}
	if t, ok := tortransport.From(h.Network()); ok {
		return t.Hurry(p)
	}
	return func() {}
}

// abridge shows the ends of a peer ID, as errors show those of onion addresses.
func abridge(p peer.ID) string {
	s := p.String()
	return s[:min(4, len(s))] + "…" + s[max(0, len(s)-4):]
}

// reason takes libp2p's dial error apart.
func reason(err error) error {
	if mismatch := (sec.ErrPeerIDMismatch{}); errors.As(err, &mismatch) {
		return fmt.Errorf("%w: %s instead of %s", ErrWrongPeer, abridge(mismatch.Actual), abridge(mismatch.Expected))
	}
	var dial *swarm.DialError
	if !errors.As(err, &dial) {
		return err
	}
	var reasons []error
	for _, e := range dial.DialErrors {
		reasons = append(reasons, e.Cause)
	}
	// libp2p's own reason, that all dials failed, says something only if there
	// was no dial.
	if len(reasons) == 0 {
		reasons = append(reasons, dial.Cause)
	}
	return errors.Join(reasons...)
}
