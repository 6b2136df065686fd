package tortransport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// recentError answers a dial with the failure of an earlier one.
type recentError struct{ err error }

func (e *recentError) Error() string { return fmt.Sprintf("%v, a moment ago", e.err) }
func (e *recentError) Unwrap() error { return e.err }

// absent are the errors that tell that a service is away, all of it and not only
// for us.
var absent = []error{ErrNotFound, ErrIntroduction, ErrTimeout, ErrUnreachable}

// learn takes from the outcome of a dial whether the service is there.
func (t *Transport) learn(ctx context.Context, to target, p peer.ID, err error) {
	reply := (*socks5.ReplyError)(nil)
	if err != nil && !errors.As(err, &reply) {
		return // tor has not spoken, or the negotiation behind it failed
	}
	for _, e := range absent {
		if errors.Is(err, e) {
			if t.troubled(ctx) {
				return // it may be Tor that is away
			}
			t.failures.Failed(to.onion, string(p), err)
			return
		}
	}
	t.failures.Alive(to.onion)
}

const (
	// lookupsPause is the least time between two clearings of what Tor keeps of
	// searches that were in vain.
	lookupsPause = time.Second
	// lookupsTimeout bounds one, which is local.
	lookupsTimeout = 5 * time.Second
)

// closeLookups clears up what Tor keeps of searches that were in vain.
func (t *Transport) closeLookups(ctx context.Context) {
	if t.daemon == nil || t.dialer != nil {
		return
	}
	last, now := t.cleared.Load(), time.Now()
	if last != nil && now.Sub(*last) < lookupsPause || !t.cleared.CompareAndSwap(last, &now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupsTimeout)
	defer cancel()
	if err := t.daemon.CloseLookups(ctx); err != nil {
		t.log.Debug("circuits of dials that failed are left to tor", "error", err)
	}
}

// met is called when p has connected to us: it is online, wherever it may have
// been missed before.
func (t *Transport) met(p peer.ID) { t.failures.AliveBy(string(p)) }

// Forget forgets that p could not be reached a moment ago: for callers that have a
// schedule of their own by which they try again.
func (t *Transport) Forget(p peer.ID) { t.failures.AliveBy(string(p)) }

// troubled reports whether something is wrong with Tor itself.
func (t *Transport) troubled(ctx context.Context) bool {
	if t.daemon == nil {
		return false
	}
	for st := range t.daemon.Status(ctx) { // the first is the current one
		return st.State != tor.Connected || !st.Progress.Done() || st.Network != nil
	}
	return true
}

// DialTimeout is what bounds a dial.
func (t *Transport) DialTimeout() time.Duration { return t.dialTimeout }

// Hurry makes dials to p urgent until done is called: they go before all others,
// those that wait already included, and are made even if p could not be reached a
// moment ago, for which libp2p, too, has a memory that is cleared. It is for dials
// that a person waits for:
//
//	defer tortransport.Hurry(host.Network(), p)()
//
// libp2p shares one dial among all who ask for a peer and forgets their contexts,
// which is why this cannot be said there. Through a network that has no transport
// of this package nothing is urgent.
func Hurry(n network.Network, p peer.ID) (done func()) {
	if s, ok := n.(interface{ Backoff() *swarm.DialBackoff }); ok {
		s.Backoff().Clear(p)
	}
	if t, ok := From(n); ok {
		return t.Hurry(p)
	}
	return func() {}
}

// Hurry is what the function Hurry does, for those who use the transport without a
// network.
func (t *Transport) Hurry(p peer.ID) (done func()) { return t.places.Hurry(string(p)) }

// From returns the transport that a network dials onion addresses with, and false
// if it has none of this package:
//
//	t, ok := tortransport.From(host.Network())
func From(n network.Network) (*Transport, bool) {
	transports, ok := n.(interface {
		TransportForDialing(ma.Multiaddr) transport.Transport
	})
	if !ok {
		return nil, false
	}
	t, ok := transports.TransportForDialing(anonymous).(*Transport)
	return t, ok
}
