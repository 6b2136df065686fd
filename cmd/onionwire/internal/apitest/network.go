package apitest

import (
	"context"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Trip is how long a round trip to a contact takes who is online.
const Trip = rpc.Duration(420 * time.Millisecond)

// SetTor changes what TorInfo returns beside what Status does.
func (f *Fake) SetTor(change func(t *rpc.TorInfo)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.tor)
}

// TorInfo is what Tor is doing.
func (f *Fake) TorInfo(ctx context.Context) (rpc.TorInfo, error) {
	if err := f.enter(ctx, "TorInfo"); err != nil {
		return rpc.TorInfo{}, err
	}
	defer f.mu.Unlock()
	t := f.tor
	t.State, t.Bootstrap, t.BootstrapPhase = f.status.Tor, f.status.Bootstrap, f.status.BootstrapPhase
	t.BootstrapWarning, t.NetworkError = f.status.BootstrapWarning, f.status.NetworkError
	return t, nil
}

// Ping takes Trip if the contact is online. If not, nobody answers in time.
func (f *Fake) Ping(ctx context.Context, id ledger.ContactID) (rpc.Duration, error) {
	if err := f.enter(ctx, "Ping"); err != nil {
		return 0, err
	}
	defer f.mu.Unlock()
	if f.contacts[id] == nil {
		return 0, notFound("contact")
	}
	if f.presence[id].State != rpc.Online {
		return 0, rpc.ErrUnreachable
	}
	return Trip, nil
}
