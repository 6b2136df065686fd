package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestTalk(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	ofAlice, ofBob := befriend(t, alice, bob)
	arrives(t, alice, bob, ofAlice, "hello")
	arrives(t, bob, alice, ofBob, "hello yourself")
	bob.leave(t)
	bob.come(t)
	arrives(t, alice, bob, ofAlice, "still there?")
	arrives(t, bob, alice, ofBob, "yes")
}
