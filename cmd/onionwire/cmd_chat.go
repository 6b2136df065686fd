package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
)

type chatOptions struct {
	tor     *cli.TorFlags
	profile profileFlags
	listen  bool
}

func newChat(tor *cli.TorFlags) *cobra.Command {
	o := chatOptions{tor: tor}
	c := &cobra.Command{
		Use:   "chat {LINK | --listen}",
		Short: "Talk to somebody, line by line",
		Long: `chat talks to one contact, line by line. What you type is sent; once the other
side has confirmed it, and not before, it is printed as delivered. What the other
side says is printed as it comes.

With LINK, which is either line that 'onionwire id' prints on the other side, chat
connects to that contact, again and again until it succeeds, and whenever the
connection is lost. Messages wait meanwhile. With --listen it waits, and talks to
the first one who comes, whoever that is, and to nobody else. Where both sides have
each other's link, give it on both: then nobody else is let in.

The end of the input (Ctrl-D) ends the chat as soon as all is delivered. With
--listen and an input that is not a terminal, it goes on until it is interrupted.
"Connected with" names the other side by its peer ID, which is the end of the
second line that 'onionwire id' prints over there.

Messages are not kept: what is not delivered when the chat ends is lost, and the
chat says so and ends with status 1.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case o.listen && len(args) > 0:
				return errors.New("give either the link of a contact or --listen")
			case !o.listen && len(args) != 1:
				return errors.New("give the link of a contact, or --listen")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			var contact node.Address
			if !o.listen {
				var err error
				if contact, err = contactlink.Parse(args[0]); err != nil {
					return err
				}
			}
			return o.run(c.Context(), c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr(), contact)
		},
	}
	o.profile.register(c.Flags())
	c.Flags().BoolVar(&o.listen, "listen", false, "wait for somebody to talk to")
	return c
}

func (o *chatOptions) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, contact node.Address) error {
	log, err := o.tor.Logger(stderr)
	if err != nil {
		return err
	}
	profile, err := node.OpenProfile(o.profile.root, o.profile.name)
	if err != nil {
		return o.profile.explain(err)
	}
	defer profile.Close()
	own, err := profile.Address()
	if err != nil {
		return err
	}
	if own.Peer == contact.Peer {
		return node.ErrSelf // before the wait for tor
	}
	daemon, err := o.tor.StartTor(ctx, profile.TorDir(), log, stderr)
	if err != nil {
		return err
	}
	defer daemon.Close()
	if err := cli.WaitReady(ctx, daemon, stderr, ""); err != nil {
		return err
	}
	var first firstCome
	cfg := node.Config{Profile: profile, Daemon: daemon, Log: log}
	if o.listen {
		cfg.Admit = first.admit
	}
	n, err := node.Open(cfg)
	if err != nil {
		return err
	}
	defer n.Close()
	ctx, cancel := cli.WhileRunning(ctx, daemon, stderr)
	defer cancel()

	var c *node.Conversation
	if o.listen {
		if c, err = first.await(ctx, n, stderr); err == nil {
			defer turnAway(ctx, n)()
			defer watchService(ctx, n, stderr, io.Discard)()
		}
	} else {
		fmt.Fprintln(stderr, "connecting; what you type meanwhile waits")
		if c, err = n.Conversation(contact); err == nil {
			defer watchService(ctx, n, stderr, stderr)()
		}
	}
	if err != nil {
		return cli.Cause(ctx, err)
	}
	t := talk{
		conversation: c,
		out:          stdout,
		notes:        stderr,
		endsWithIn:   !o.listen || cli.IsTerminal(stdin),
	}
	return t.run(ctx, stdin)
}

// watchService says on first whether the contact can call, too, and on stderr what
// becomes of that later, until the function that it returns is called.
func watchService(ctx context.Context, n *node.Node, stderr, first io.Writer) func() {
	ctx, cancel := context.WithCancel(ctx)
	var task sync.WaitGroup
	task.Go(func() {
		switch err := n.Ready(ctx); {
		case ctx.Err() != nil:
		case err != nil:
			fmt.Fprintf(stderr, "your own address cannot be reached: %s\n", oneLine(err))
		default:
			fmt.Fprintln(first, "your own address can be reached, too")
		}
		if status, err := n.Status(ctx); err == nil {
			_ = cli.FollowService(ctx, stderr, status) // if it is gone, so is the daemon
		}
	})
	return func() {
		cancel()
		task.Wait()
	}
}

// firstCome lets one peer in: the first who has proven who it is.
type firstCome struct{ peer atomic.Pointer[peer.ID] }

func (f *firstCome) admit(id peer.ID) bool {
	p := f.peer.Load()
	return p == nil || *p == id
}

// await publishes the service and waits for the first one who comes.
func (f *firstCome) await(ctx context.Context, n *node.Node, stderr io.Writer) (*node.Conversation, error) {
	if err := cli.Published(ctx, stderr, n.Ready); err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "waiting for somebody to talk to; your contact link is\n%s\n", n.Address())
	c, err := n.Accept(ctx)
	if err != nil {
		return nil, err
	}
	id := c.Peer()
	f.peer.Store(&id)
	return c, nil
}

// turnAway ends conversations that others began in the moment in which the first
// one did, until the function that it returns is called.
func turnAway(ctx context.Context, n *node.Node) func() {
	ctx, cancel := context.WithCancel(ctx)
	var task sync.WaitGroup
	task.Go(func() {
		for {
			c, err := n.Accept(ctx)
			if err != nil {
				return
			}
			c.Close()
		}
	})
	return func() {
		cancel()
		task.Wait()
	}
}
