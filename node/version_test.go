package node_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestContactWithoutTheProtocol: a contact who runs another version is not said
// to talk with somebody else. It takes a moment until a node knows what others
// have.
func TestContactWithoutTheProtocol(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake), newStranger(t, fake, nil)
	s.RemoveStreamHandler(wire.ProtocolID)
	d := alice.begin(t, s.address)
	d.await(t, "a try that fails for the version", func(s *story) bool {
		for i, err := range s.unreachable {
			if errors.Is(err, node.ErrVersion) {
				return s.retries[i] > 0 // they may come back with the right one
			}
		}
		return false
	})
	for _, err := range d.now().unreachable {
		wantNoAddress(t, err, s.address)
	}
}

// TestHandshakeErrorsAreNamed: what the encryption says is told as what it means
// for the conversation.
func TestHandshakeErrorsAreNamed(t *testing.T) {
	for err, want := range map[error]error{
		e2ee.ErrVersion:     node.ErrVersion,
		e2ee.ErrDowngrade:   node.ErrDowngrade,
		e2ee.ErrIdentity:    node.ErrNotProven,
		e2ee.ErrCertificate: node.ErrNotProven,
		e2ee.ErrMalformed:   node.ErrProtocol,
		e2ee.ErrDecrypt:     node.ErrProtocol,
	} {
		got := node.Violation(fmt.Errorf("message: %w", err))
		for _, class := range []error{node.ErrVersion, node.ErrDowngrade, node.ErrNotProven, node.ErrProtocol} {
			if errors.Is(got, class) != (class == want) {
				t.Errorf("%v is told as %v", err, got)
			}
		}
		if !errors.Is(got, err) {
			t.Errorf("%v is lost in %v", err, got)
		}
	}
	if err := node.Violation(nil); err != nil {
		t.Errorf("success is told as %v", err)
	}
}
