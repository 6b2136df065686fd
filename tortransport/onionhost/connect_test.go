package onionhost_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

func TestConnectToWrongPeer(t *testing.T) {
	_, d := fakeTor(t)
	server := newHost(t, d)
	stranger, err := peer.IDFromPrivateKey(newIdentity(t))
	if err != nil {
		t.Fatal(err)
	}
	err = onionhost.Connect(testContext(t), newClient(t, d), peer.AddrInfo{ID: stranger, Addrs: server.Addrs()})
	if !errors.Is(err, onionhost.ErrWrongPeer) {
		t.Fatalf("got %v, want ErrWrongPeer", err)
	}
	for _, id := range []peer.ID{stranger, server.ID()} {
		s := id.String()
		if !strings.Contains(err.Error(), s[:4]+"…"+s[len(s)-4:]) || strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not name the peers, abridged", err)
		}
	}
}

// TestWrongPeerAtOneAddress: the peer may yet be at another one, so that the error is
// another one.
func TestWrongPeerAtOneAddress(t *testing.T) {
	_, d := fakeTor(t)
	stranger, err := peer.IDFromPrivateKey(newIdentity(t))
	if err != nil {
		t.Fatal(err)
	}
	key, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := key.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	to := peer.AddrInfo{ID: stranger, Addrs: append(newHost(t, d).Addrs(), nobody)}
	err = onionhost.Connect(testContext(t), newClient(t, d), to)
	if !errors.Is(err, onionhost.ErrWrongAddress) || errors.Is(err, onionhost.ErrWrongPeer) {
		t.Fatalf("got %v, want ErrWrongAddress", err)
	}
	if !errors.Is(err, tortransport.ErrNotFound) {
		t.Errorf("error %q does not tell what is wrong with the other", err)
	}

	to.Addrs = append(newHost(t, d).Addrs(), newHost(t, d).Addrs()...)
	if err = onionhost.Connect(testContext(t), newClient(t, d), to); !errors.Is(err, onionhost.ErrWrongPeer) || errors.Is(err, onionhost.ErrWrongAddress) {
		t.Errorf("got %v, want ErrWrongPeer for both", err)
	}
}
