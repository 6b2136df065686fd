package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestMalformedAddress: an address that was put together by hand is checked like
// one that was read.
func TestMalformedAddress(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	portless, named := bob.Address(), bob.Address()
	portless.Port = 0
	named.Name = "Bob\n"
	for _, a := range []node.Address{{}, portless, named} {
		if _, err := alice.Conversation(a); !errors.Is(err, contactlink.ErrMalformed) {
			t.Errorf("error %v", err)
		}
	}
}
