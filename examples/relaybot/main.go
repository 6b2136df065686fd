// Command relaybot passes on what is written in one conversation to another, and back,
// with the name of who has written it. Two people who do not know each other's addresses
// talk through it; whoever runs it can read everything.
//
//	relaybot SOCKET TOKEN TOKEN
//
// SOCKET is that of the node, which 'onionwire serve' prints. Each TOKEN is a file with a
// token that can read and send in one conversation, and nothing else. How far the bot has
// come is kept in files beside them, with .cursor behind their names.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/onionwire/onionwire/examples/internal/bot"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: relaybot SOCKET TOKEN TOKEN")
		os.Exit(2)
	}
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3], os.Stderr); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "relaybot:", err)
		os.Exit(1)
	}
}

// side is one conversation.
type side struct {
	node   *rpc.Remote
	id     ledger.ConversationID
	cursor string // name of a file
}

// open connects for one conversation, which is the only one that its token shows.
func open(ctx context.Context, socket, tokenFile string) (side, error) {
	node, err := bot.Dial(ctx, socket, tokenFile)
	if err != nil {
		return side{}, err
	}
	shown, err := node.Conversations(ctx, 0, 2)
	if err == nil && len(shown) != 1 {
		err = fmt.Errorf("the token in %s is not for one conversation", tokenFile)
	}
	if err != nil {
		return side{}, errors.Join(err, node.Close())
	}
	return side{node, shown[0].ID, tokenFile + ".cursor"}, nil
}

func run(ctx context.Context, socket, tokenA, tokenB string, log io.Writer) error {
	a, err := open(ctx, socket, tokenA)
	if err != nil {
		return err
	}
	defer a.node.Close()
	b, err := open(ctx, socket, tokenB)
	if err != nil {
		return err
	}
	defer b.node.Close()
	if a.id == b.id {
		return errors.New("both tokens are for the same conversation")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var relaying sync.WaitGroup
	relaying.Go(func() { cancel(relay(ctx, a, b, log)) })
	relaying.Go(func() { cancel(relay(ctx, b, a, log)) })
	relaying.Wait()
	return context.Cause(ctx)
}

// relay passes on what comes, until ctx ends.
func relay(ctx context.Context, from, to side, log io.Writer) error {
	return bot.Messages(ctx, from.node, from.cursor, func(ctx context.Context, m rpc.Message) error {
		who, err := from.node.Contact(ctx, m.Sender)
		if err != nil {
			return err
		}
		text := name(who) + ": " + m.Text
		_, err = to.node.Send(ctx, to.id, text, rpc.SendOptions{ID: bot.AnswerID("relay", m)})
		if errors.Is(err, rpc.ErrInvalid) || errors.Is(err, rpc.ErrState) {
			fmt.Fprintf(log, "message %d was not passed on: %v\n", m.Number, err) // too long with the name, or nobody is there
			return nil
		}
		return err
	})
}

// name returns how somebody is called here, or calls themselves.
func name(c rpc.Contact) string {
	if c.Alias != "" {
		return c.Alias
	}
	if c.Name != "" {
		return c.Name
	}
	return "somebody"
}
