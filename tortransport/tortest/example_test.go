package tortest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// In a test, New takes care of the deadline, the errors and the end.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	network, err := tortest.Start(ctx, tortest.Config{LinkDelay: 20 * time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = network.Stop() }()
	fmt.Println("join with: tor -f", network.TorrcFile())
}

// A daemon that belongs to somebody else.
func ExampleNetwork_StartClient() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	network, err := tortest.Start(ctx, tortest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = network.Stop() }()
	client, err := network.StartClient(ctx, tortest.ClientConfig{Unix: true, Password: "secret"})
	if err != nil {
		log.Fatal(err)
	}
	if err := client.Ready(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("control port at", client.Control, "and SOCKS at", client.Socks)
}
