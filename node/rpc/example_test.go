package rpc_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// A bot answers messages.
func Example() {
	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "rpc")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	// The node has this; a fake one gets a message.
	node := newFake()
	server, err := rpc.Start(ctx, rpc.Config{Path: path, API: node, Tokens: &tokens{}})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	node.receive(1, "What time is it?")

	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		log.Fatal(err)
	}
	client, err := rpc.Dial(ctx, path, secret)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	for event, err := range client.Subscribe(ctx, 0) {
		if err != nil {
			log.Fatal(err)
		}
		if event.Kind != "message_received" {
			continue
		}
		var question, answer rpc.Message
		if err := client.Call(ctx, "message", map[string]any{"message": event.Message}, &question); err != nil {
			log.Fatal(err)
		}
		reply := map[string]any{"conversation": question.Conversation, "text": "Noon."}
		if err := client.Call(ctx, "send", reply, &answer); err != nil {
			log.Fatal(err)
		}
		fmt.Println(question.Text, answer.Text)
		break
	}
	// Output: What time is it? Noon.
}
