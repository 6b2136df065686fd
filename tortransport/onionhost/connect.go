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

var (
	// ErrWrongPeer means that somebody else than expected answers at an address.
	ErrWrongPeer = errors.New("another identity answers at this address")
	// ErrWrongAddress means that somebody else does at one address of several, and
	// that the others do not answer: the peer may be there another time.
	ErrWrongAddress = errors.New("another identity answers at one of the addresses")
)

// Connect connects h to a peer as host.Host.Connect does, with three
// differences that Tor and its users ask for: libp2p's limit of a minute for
// all of it is raised to the transport's; the dial is urgent, and made
// now, however lately one has failed (see [tortransport.Hurry]); and the
// error is the reason alone, without the addresses that libp2p's has in full. It
// matches ErrWrongPeer if that is what is wrong with all addresses, ErrWrongAddress if
// it is with one, the errors of package tortransport, or the context's.
func Connect(ctx context.Context, h host.Host, to peer.AddrInfo) error {
	defer tortransport.Hurry(h.Network(), to.ID)()
	return reason(h.Connect(patient(ctx, h), to))
}

// Dial is Connect without the wait for identify, which takes two round trips more:
// for who goes on with tortransport.OpenStream. It is made now, too, for callers
// with a schedule of their own, but is not urgent: whoever waits for it makes it so
// by tortransport.Hurry.
func Dial(ctx context.Context, h host.Host, to peer.AddrInfo) error {
	if s, ok := h.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(to.ID)
	}
	if t, ok := tortransport.From(h.Network()); ok {
		t.Forget(to.ID)
	}
	h.Peerstore().AddAddrs(to.ID, to.Addrs, peerstore.TempAddrTTL)
	_, err := h.Network().DialPeer(patient(ctx, h), to.ID)
	return reason(err)
}

// patient replaces libp2p's limit for all dials to a peer.
func patient(ctx context.Context, h host.Host) context.Context {
	limit := tortransport.DialTimeout
	if t, ok := tortransport.From(h.Network()); ok {
		limit = t.DialTimeout()
	}
	return network.WithDialPeerTimeout(ctx, limit)
}

// abridge shows the ends of a peer ID, as errors show those of onion addresses.
func abridge(p peer.ID) string {
	s := p.String()
	return s[:min(4, len(s))] + "…" + s[max(0, len(s)-4):]
}

// reason takes libp2p's dial error apart.
func reason(err error) error {
	var dial *swarm.DialError
	if !errors.As(err, &dial) {
		return err
	}
	if len(dial.DialErrors) == 0 {
		// libp2p's own reason, that all dials failed, says something only if there
		// was no dial.
		return dial.Cause
	}
	wrong := ErrWrongPeer
	for _, e := range dial.DialErrors {
		if !errors.As(e.Cause, new(sec.ErrPeerIDMismatch)) {
			wrong = ErrWrongAddress
		}
	}
	var reasons []error
	for _, e := range dial.DialErrors {
		if mismatch := (sec.ErrPeerIDMismatch{}); errors.As(e.Cause, &mismatch) {
			reasons = append(reasons, fmt.Errorf("%w: %s instead of %s", wrong, abridge(mismatch.Actual), abridge(mismatch.Expected)))
		} else {
			reasons = append(reasons, e.Cause)
		}
	}
	return errors.Join(reasons...)
}
