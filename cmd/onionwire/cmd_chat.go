package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/tortransport/tor"
)

type chatOptions struct {
	tor     *cli.TorFlags
	profile lockedFlags
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
asks them to become a contact, unless they are one already, and connects, again and
again until it succeeds, and whenever the connection is lost. With --listen it waits
for the first one who comes: a contact, or somebody who asks to become one, whoever
that is, and is accepted. Of others who ask, the request waits. Where both sides have
each other's link, give it on both: then nobody else is accepted.

The end of the input (Ctrl-D) ends the chat as soon as all is delivered. With
--listen and an input that is not a terminal, it goes on until it is interrupted.
"Connected with" names the other side by its peer ID, which is the end of the
second line that 'onionwire id' prints over there.

Messages are kept in the profile. What is not delivered when the chat ends waits, and
goes out the next time that you chat with them; what they have written meanwhile is
printed then.`,
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
			var link contactlink.Link
			if !o.listen {
				var err error
				if link, err = contactlink.Parse(args[0]); err != nil {
					return err
				}
			}
			return o.run(c.Context(), stdioOf(c), link)
		},
	}
	o.profile.register(c.Flags())
	c.Flags().BoolVar(&o.listen, "listen", false, "wait for somebody to talk to")
	return c
}

func (o *chatOptions) run(ctx context.Context, stdio stdio, link contactlink.Link) error {
	return withProfile(ctx, o.tor, &o.profile, stdio, func(ctx context.Context, e engine) error {
		if link.Peer == e.profile.Peer() { // before the wait for tor
			return cli.Hint(cli.Usage(errors.New("this is the profile's own contact link")), "you need the link of the other side; this is your own")
		}
		return e.withTor(ctx, func(ctx context.Context, d *tor.Daemon) error {
			if err := cli.WaitReady(ctx, d, stdio.err, ""); err != nil {
				return err
			}
			return e.withNode(ctx, d, func(ctx context.Context, n *node.Node) error { return o.chat(ctx, n, stdio, link) })
		})
	})
}

// chat finds somebody to talk to, and talks.
func (o *chatOptions) chat(ctx context.Context, n *node.Node, stdio stdio, link contactlink.Link) error {
	status, err := n.Status(ctx)
	if err != nil {
		return err
	}
	feed, stop := listen(ctx, n, status.Cursor)
	defer stop()
	c, err := o.meet(ctx, n, feed, stdio.err, link)
	if err != nil {
		return err
	}
	service := io.Discard
	if !o.listen {
		service = stdio.err
	}
	defer watchService(ctx, n, stdio.err, service)()
	defer keepConnected(ctx, n, c)()
	t := talk{
		api: n, contact: c, out: stdio.out, notes: stdio.err,
		endsWithIn: !o.listen || cli.IsTerminal(stdio.in),
	}
	return t.run(ctx, feed, stdio.in)
}

// meet returns the contact to talk to: who has the link, or the first one who comes.
func (o *chatOptions) meet(
	ctx context.Context, n *node.Node, feed <-chan happening, notes io.Writer, link contactlink.Link,
) (c node.Contact, err error) {
	if o.listen {
		if err := cli.Published(ctx, notes, n.Ready); err != nil {
			return c, err
		}
		own, err := n.Link(ctx)
		if err != nil {
			return c, err
		}
		fmt.Fprintf(notes, "waiting for somebody to talk to; your contact link is\n%s\n", own)
		return awaitFirst(ctx, n, feed, notes)
	}
	if c, err = n.AddContact(ctx, link, node.AddOptions{}); err != nil {
		return c, err
	}
	if c.State == requested {
		fmt.Fprintln(notes, "they are asked to become a contact; what you type is sent when they have accepted")
	}
	fmt.Fprintln(notes, "connecting; what you type meanwhile waits")
	return c, nil
}

// keepConnected dials a contact again and again, until the function is called that it
// returns.
func keepConnected(ctx context.Context, n *node.Node, c node.Contact) func() {
	set := func(on bool) {
		// It fails only if the node has ended, or the contact was deleted.
		_, _ = n.UpdateContact(context.WithoutCancel(ctx), c.ID, node.ContactUpdate{KeepConnected: &on})
	}
	set(true)
	return func() { set(c.KeepConnected) }
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
		if status, err := n.ServiceStatus(ctx); err == nil {
			_ = cli.FollowService(ctx, stderr, status) // if it is gone, so is the daemon
		}
	})
	return func() {
		cancel()
		task.Wait()
	}
}
