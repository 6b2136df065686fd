// Command echobot says again what it is told.
//
//	echobot SOCKET TOKEN CURSOR
//
// SOCKET is that of the node, which 'onionwire serve' prints. TOKEN is a file with a token
// that can read and send in one conversation, and nothing else. CURSOR is a file in which
// the bot keeps how far it has come.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/onionwire/onionwire/examples/internal/bot"
	"github.com/onionwire/onionwire/node/rpc"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: echobot SOCKET TOKEN CURSOR")
		os.Exit(2)
	}
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3]); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "echobot:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, socket, tokenFile, cursorFile string) error {
	node, err := bot.Dial(ctx, socket, tokenFile)
	if err != nil {
		return err
	}
	defer node.Close()
	return bot.Messages(ctx, node, cursorFile, func(ctx context.Context, m rpc.Message) error {
		_, err := node.Send(ctx, m.Conversation, m.Text, rpc.SendOptions{ID: bot.AnswerID("echo", m)})
		if errors.Is(err, rpc.ErrState) {
			return nil // the contact is blocked, or gone
		}
		return err
	})
}
