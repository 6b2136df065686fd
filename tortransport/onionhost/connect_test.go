package onionhost_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"

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
