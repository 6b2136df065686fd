package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// BenchmarkDelivery measures the time from Send to Delivered on a connection
// that is up, one message after another. There is no network to wait for.
func BenchmarkDelivery(b *testing.B) {
	fake := tortest.NewFake(b)
	alice, bob := newParty(b, fake), newParty(b, fake, admitAll)
	c, err := alice.Conversation(bob.Address())
	if err != nil {
		b.Fatal(err)
	}
	bob.accept(b)
	ctx := testContext(b)
	deliver := func() {
		if _, err := c.Send("hello"); err != nil {
			b.Fatal(err)
		}
		for {
			e, err := c.Next(ctx)
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := e.(node.Delivered); ok {
				return
			}
		}
	}
	deliver() // connects
	b.ReportAllocs()
	for b.Loop() {
		deliver()
	}
}
