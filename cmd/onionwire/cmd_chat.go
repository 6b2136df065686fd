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
	"github.com/onionwire/onionwire/node/rpc"
)

type chatOptions struct {
	nodeFlags
	listen bool
}

func newChat(tor *cli.TorFlags) *cobra.Command {
	o := chatOptions{nodeFlags: nodeFlags{tor: tor}}
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
printed then. If a node runs on the profile, it delivers what waits.`,
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
	o.register(c.Flags())
	c.Flags().BoolVar(&o.listen, "listen", false, "wait for somebody to talk to")
	return c
}

func (o *chatOptions) run(ctx context.Context, stdio stdio, link contactlink.Link) error {
	return o.online(ctx, stdio, func(ctx context.Context, s *session) error {
		own, err := s.Link(ctx)
		if err != nil {
			return err
		}
		if link.Peer == own.Peer { // before the wait for tor
			return errOwnLink
		}
		if err := s.connect(ctx); err != nil {
			return err
		}
		return o.chat(ctx, s, link)
	})
}

// errOwnLink refuses to make a contact of oneself.
var errOwnLink = cli.Hint(cli.Usage(errors.New("this is the profile's own contact link")), "you need the link of the other side; this is your own")

// chat finds somebody to talk to, and talks.
func (o *chatOptions) chat(ctx context.Context, s *session, link contactlink.Link) error {
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	feed, stop := listen(ctx, s.API, status.Cursor)
	defer stop()
	c, err := o.meet(ctx, s, feed, link)
	if err != nil {
		return err
	}
	if n := s.Node(); n != nil {
		reached := ""
		if !o.listen {
			reached = "your own address can be reached, too"
		}
		defer watchService(ctx, n, s.stdio.err, reached)()
	}
	defer keepConnected(ctx, s.API, c)()
	t := talk{
		api: s.API, contact: c, out: s.stdio.out, notes: s.stdio.err,
		endsWithIn: !o.listen || cli.IsTerminal(s.stdio.in), stays: s.Remote(),
	}
	return t.run(ctx, feed, s.stdio.in)
}

// meet returns the contact to talk to: who has the link, or the first one who comes.
func (o *chatOptions) meet(
	ctx context.Context, s *session, feed <-chan happening, link contactlink.Link,
) (c rpc.Contact, err error) {
	notes := s.stdio.err
	if o.listen {
		if err := cli.Published(ctx, notes, s.Ready); err != nil {
			return c, err
		}
		own, err := s.Link(ctx)
		if err != nil {
			return c, err
		}
		fmt.Fprintf(notes, "waiting for somebody to talk to; your contact link is\n%s\n", own)
		return awaitFirst(ctx, s.API, feed, notes)
	}
	if c, err = s.AddContact(ctx, link, rpc.AddOptions{}); err != nil {
		return c, err
	}
	if c.State == rpc.RequestedContact {
		fmt.Fprintln(notes, "they are asked to become a contact; what you type is sent when they have accepted")
	}
	fmt.Fprintln(notes, "connecting; what you type meanwhile waits")
	return c, nil
}

// keepConnected dials a contact again and again, until the function is called that it
// returns.
func keepConnected(ctx context.Context, api rpc.API, c rpc.Contact) func() {
	set := func(on bool) {
		// It fails only if the node has ended, or the contact was deleted.
		_, _ = api.UpdateContact(context.WithoutCancel(ctx), c.ID, rpc.ContactUpdate{KeepConnected: &on})
	}
	set(true)
	return func() { set(c.KeepConnected) }
}

// watchService says on notes that our address can be reached, in the words of reached,
// which may be none, and what becomes of that later, until the function that it returns is
// called.
func watchService(ctx context.Context, n *node.Node, notes io.Writer, reached string) func() {
	ctx, cancel := context.WithCancel(ctx)
	var task sync.WaitGroup
	task.Go(func() {
		switch err := n.Ready(ctx); {
		case ctx.Err() != nil:
		case err != nil:
			fmt.Fprintf(notes, "your own address cannot be reached: %s\n", oneLine(err))
		case reached != "":
			fmt.Fprintln(notes, reached)
		}
		if status, err := n.ServiceStatus(ctx); err == nil {
			_ = cli.FollowService(ctx, notes, status) // if it is gone, so is the daemon
		}
	})
	return func() {
		cancel()
		task.Wait()
	}
}
