package onionhost

import (
	"errors"
	"fmt"
	"sync"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/record"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// errNoRecords cannot happen with the peerstore that hosts are given.
var errNoRecords = errors.New("the peerstore keeps no signed records")

// addresses are where a host listens, and tell its peers when that changes.
type addresses struct {
	network network.Network
	records peerstore.CertifiedAddrBook
	changed event.Emitter

	mu   sync.Mutex // one change is told after the other
	told []ma.Multiaddr
}

func newAddresses(net network.Network, bus event.Bus) (*addresses, error) {
	records, ok := peerstore.GetCertifiedAddrBook(net.Peerstore())
	if !ok {
		return nil, errNoRecords
	}
	changed, err := bus.Emitter(new(event.EvtLocalAddressesUpdated), eventbus.Stateful)
	if err != nil {
		return nil, err
	}
	return &addresses{network: net, records: records, changed: changed}, nil
}

func (a *addresses) close() error { return a.changed.Close() }

// now returns the addresses, each once and in order. It is called by who is told of a
// change, so that it must not wait for one.
func (a *addresses) now() []ma.Multiaddr {
	return ma.Unique(parts.OnionOnly(a.network.ListenAddresses()))
}

// notifiee is told when a listener comes or goes.
func (a *addresses) notifiee() network.Notifiee {
	// It has succeeded before, with the same key. Otherwise peers keep what they know.
	update := func(network.Network, ma.Multiaddr) { _ = a.update() }
	return &network.NotifyBundle{ListenF: update, ListenCloseF: update}
}

// update puts the addresses into the peerstore, signed, from which peers are answered,
// and has those who are connected told, if they have changed.
func (a *addresses) update() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	e := event.EvtLocalAddressesUpdated{Diffs: true}
	added := false
	for _, addr := range now {
		action := event.Maintained
		if !ma.Contains(a.told, addr) {
			action, added = event.Added, true
		}
		e.Current = append(e.Current, event.UpdatedAddress{Address: addr, Action: action})
	}
	for _, addr := range a.told {
		if !ma.Contains(now, addr) {
			e.Removed = append(e.Removed, event.UpdatedAddress{Address: addr, Action: event.Removed})
		}
	}
	if !added && len(e.Removed) == 0 {
		return nil
	}
	var err error
	if e.SignedPeerRecord, err = a.publish(now, e.Removed); err != nil {
		return err
	}
	a.told = now
	return a.changed.Emit(e)
}

// publish changes what the peerstore says of the host itself.
func (a *addresses) publish(now []ma.Multiaddr, removed []event.UpdatedAddress) (*record.Envelope, error) {
	id, store := a.network.LocalPeer(), a.network.Peerstore()
	for _, r := range removed {
		store.SetAddr(id, r.Address, 0)
	}
	store.SetAddrs(id, now, peerstore.PermanentAddrTTL)
	signed, err := record.Seal(peer.PeerRecordFromAddrInfo(peer.AddrInfo{ID: id, Addrs: now}), store.PrivKey(id))
	if err != nil {
		return nil, fmt.Errorf("sign them: %w", err)
	}
	if _, err := a.records.ConsumePeerRecord(signed, peerstore.PermanentAddrTTL); err != nil {
		return nil, fmt.Errorf("keep them: %w", err)
	}
	return signed, nil
}
