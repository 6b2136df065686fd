package e2ee_test

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
)

func Example() {
	// Each side has its identity key, and the other's from a contact link.
	alicePublic, alicePrivate, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	bobPublic, bobPrivate, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	aliceIdentity, err := e2ee.NewIdentity(alicePrivate)
	if err != nil {
		panic(err)
	}
	bobIdentity, err := e2ee.NewIdentity(bobPrivate)
	if err != nil {
		panic(err)
	}

	alice, err := e2ee.NewInitiator(e2ee.HandshakeConfig{
		Identity:    aliceIdentity,
		LocalID:     []byte("alice's peer ID"),
		RemoteID:    []byte("bob's peer ID"),
		RemoteKey:   bobPublic,
		KnowsRemote: true,
	})
	if err != nil {
		panic(err)
	}
	bob, err := e2ee.NewResponder(e2ee.HandshakeConfig{
		Identity:  bobIdentity,
		LocalID:   []byte("bob's peer ID"),
		RemoteID:  []byte("alice's peer ID"),
		RemoteKey: alicePublic,
	})
	if err != nil {
		panic(err)
	}

	// Three messages, which a connection would carry.
	for _, step := range []struct{ from, to *e2ee.Handshake }{{alice, bob}, {bob, alice}, {alice, bob}} {
		msg, err := step.from.Write()
		if err != nil {
			panic(err)
		}
		if err := step.to.Read(msg); err != nil {
			panic(err)
		}
	}
	fmt.Println("bob is a contact of alice's:", bob.RemoteKnowsUs())

	aliceSession, err := alice.Session()
	if err != nil {
		panic(err)
	}
	defer aliceSession.Close()
	bobSession, err := bob.Session()
	if err != nil {
		panic(err)
	}
	defer bobSession.Close()

	cell, err := aliceSession.Seal([]byte("hello"))
	if err != nil {
		panic(err)
	}
	opened, err := bobSession.Open(cell, time.Now())
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d bytes carried %q\n", len(cell), opened.Content)
	fmt.Println("printing a session:", aliceSession)
	// Output:
	// bob is a contact of alice's: true
	// 4096 bytes carried "hello"
	// printing a session: [redacted]
}
