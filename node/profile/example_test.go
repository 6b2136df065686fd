package profile_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// A profile is made once, and opened by one process at a time. Who it is can be read all
// the while.
func Example() {
	ctx := context.Background()
	root, err := os.MkdirTemp("", "profiles")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)

	passphrase := []byte("correct horse battery staple")
	protection, err := vault.WithPassphrase(passphrase, vault.DefaultCost)
	if err != nil {
		log.Fatal(err)
	}
	defer protection.Wipe()
	alice, err := profile.Create(ctx, root, "alice", protection)
	if err != nil {
		log.Fatal(err)
	}
	defer alice.Close()

	_, err = profile.Open(ctx, root, "alice", passphrase)
	fmt.Println(err != nil)

	card, err := profile.Read(root, "alice", passphrase)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(card.Link() == alice.Link())

	names, err := profile.Names(root)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(names)
	// Output:
	// true
	// true
	// [alice]
}
