package tortransport

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

// recentError answers a dial with the failure of an earlier one.
type recentError struct{ err error }

func (e *recentError) Error() string { return fmt.Sprintf("%v, a moment ago", e.err) }
func (e *recentError) Unwrap() error { return e.err }

// absent are the errors that tell that a service is away, all of it and not only
// for us.
var absent = []error{ErrNotFound, ErrIntroduction, ErrTimeout, ErrUnreachable}

// learn takes from the outcome of a dial whether the service is there.
func (t *Transport) learn(to target, p peer.ID, err error) {
	reply := (*socks5.ReplyError)(nil)
	if err != nil && !errors.As(err, &reply) {
		return // tor has not spoken, or the negotiation behind it failed
	}
	for _, e := range absent {
		if errors.Is(err, e) {
			t.failures.Failed(to.onion, string(p), err)
			return
		}
	}
	t.failures.Alive(to.onion)
}

// met is called when p has connected to us: it is online, wherever it may have
// been missed before.
func (t *Transport) met(p peer.ID) { t.failures.AliveBy(string(p)) }

// Hurry makes dials to p urgent until done is called: they go before all others,
// those that wait already included, and are made even if the address could not be
// reached a moment ago. It is for dials that a person waits for.
//
// libp2p shares one dial among all who ask for a peer and forgets their contexts,
// which is why this cannot be said there.
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
