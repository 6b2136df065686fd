package node_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// A profile is made once. The node that runs on it has a Tor daemon of its own.
func ExampleOpen() {
	ctx := context.Background()
	root := filepath.Join(os.TempDir(), "profiles")
	p, err := profile.Open(ctx, root, "alice", nil)
	if errors.Is(err, profile.ErrNotFound) {
		p, err = profile.Create(ctx, root, "alice", vault.WithoutPassphrase())
	}
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()

	n, err := node.Open(ctx, node.Config{Profile: p})
	if err != nil {
		log.Fatal(err)
	}
	defer n.Close()
	if err := n.Ready(ctx); err != nil { // others can reach it from now on
		log.Fatal(err)
	}
	link, err := n.Link(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("give this to others:", link)
}

// Who keeps the cursor of the last event that it has dealt with misses nothing, and gets
// nothing twice, whenever it comes back.
func ExampleNode_Events() {
	var n *node.Node // see Open
	ctx := context.Background()

	const file = "cursor"
	var cursor ledger.Cursor
	if b, err := os.ReadFile(file); err == nil {
		last, err := strconv.ParseInt(string(b), 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		cursor = ledger.Cursor(last)
	}
	for {
		for e, err := range n.Events(ctx, cursor) {
			if errors.Is(err, node.ErrCursor) {
				break // away for too long, or with another copy of the profile
			}
			if err != nil {
				log.Fatal(err)
			}
			switch e.Kind {
			case "message_received":
				m, err := n.Message(ctx, e.Message)
				if errors.Is(err, node.ErrNotFound) {
					break // it was deleted meanwhile
				}
				if err != nil {
					log.Fatal(err)
				}
				fmt.Println(m.Text)
			case "request_received":
				fmt.Println("somebody wants to become a contact")
			}
			if e.Cursor == cursor {
				continue // a signal, which is not kept
			}
			cursor = e.Cursor
			if err := os.WriteFile(file, fmt.Append(nil, cursor), 0o600); err != nil {
				log.Fatal(err)
			}
		}
		// Read what there is now: contacts, conversations. Then go on from here.
		s, err := n.Status(ctx)
		if err != nil {
			log.Fatal(err)
		}
		cursor = s.Cursor
	}
}

// A bot accepts whoever asks and says again what it is told, each message once, however
// often it is killed in between: its answer has an ID that follows from the question.
func Example_echo() {
	var n *node.Node // see Open
	ctx := context.Background()
	if err := echo(ctx, n, 0); err != nil {
		log.Fatal(err)
	}
}

// echo answers the messages after a cursor, until ctx is done.
func echo(ctx context.Context, n *node.Node, after ledger.Cursor) error {
	for e, err := range n.Events(ctx, after) {
		if err != nil {
			return err
		}
		switch e.Kind {
		case "request_received":
			err = n.AcceptContact(ctx, e.Contact)
		case "message_received":
			var m node.Message
			if m, err = n.Message(ctx, e.Message); err == nil {
				sum := sha256.Sum256(append([]byte("echo"), m.ID[:]...))
				o := node.SendOptions{}
				copy(o.ID[:], sum[:])
				_, err = n.Send(ctx, m.Conversation, m.Text, o)
			}
		}
		// It may be over by now: the request was answered, the contact is gone.
		if err != nil && !errors.Is(err, node.ErrState) && !errors.Is(err, node.ErrNotFound) {
			return err
		}
	}
	return nil
}

// Whoever has a link of somebody can ask to become a contact, and write when that is
// accepted. Neither has to be online for it.
func ExampleNode_AddContact() {
	var n *node.Node // see Open
	ctx := context.Background()
	link, err := contactlink.Parse(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	contact, err := n.AddContact(ctx, link, node.AddOptions{Introduction: "It is me."})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contact.Name, "is", contact.State)
}
