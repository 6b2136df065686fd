package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

type addOptions struct {
	nodeFlags
	options rpc.AddOptions
	image   string
}

func newAdd(tor *cli.TorFlags) *cobra.Command {
	o := addOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "add {LINK | - | --qr IMAGE}",
		Short: "Ask somebody to become a contact",
		Long: `add asks somebody to become a contact, by the contact link that they have given you:
what 'onionwire link' prints over there. The request waits until they can be reached.
Somebody who has asked you is accepted by it. Somebody who is a contact already stays
one, and can be reached at the address of the link from then on.

With -, the link is read from standard input: links with an invite are secret, and other
users of this machine can read command lines. With --qr, it is read from a picture of a
QR code, a PNG or JPEG file.

With --json, the contact is printed as in docs/rpc.md.`,
		Args: func(_ *cobra.Command, args []string) error {
			if (o.image != "") == (len(args) == 1) || len(args) > 1 {
				return errors.New("give one contact link, - to read it from standard input, or --qr IMAGE")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkName("--alias", o.options.Alias); err != nil {
				return err
			}
			stdio := stdioOf(c)
			link, err := o.link(stdio.in, args)
			if err != nil {
				return err
			}
			return o.offline(c.Context(), stdio, func(ctx context.Context, s *session) error { return o.run(ctx, s, link) })
		},
	}
	o.register(c.Flags())
	c.Flags().StringVar(&o.options.Alias, "alias", "", "what the contact is called here; they do not see it")
	c.Flags().StringVar(&o.options.Introduction, "introduction", "", "what they read before they answer, of up to 500 characters")
	c.Flags().StringVar(&o.image, "qr", "", "picture of the QR code of the link")
	return c
}

// maxLink bounds what is read of a link, in bytes: more than the longest has.
const maxLink = 4096

// link reads the link from wherever it is.
func (o *addOptions) link(in io.Reader, args []string) (link contactlink.Link, err error) {
	var text string
	switch {
	case o.image != "":
		text, err = qr.Read(o.image)
	case args[0] == "-":
		var b []byte
		b, err = io.ReadAll(io.LimitReader(in, maxLink))
		text = string(b)
	default:
		text = args[0]
	}
	if err != nil {
		return link, err
	}
	return contactlink.Parse(strings.TrimSpace(text))
}

func (o *addOptions) run(ctx context.Context, s *session, link contactlink.Link) error {
	own, err := s.Link(ctx)
	if err != nil {
		return err
	}
	if own.Peer == link.Peer {
		return errOwnLink
	}
	c, err := s.AddContact(ctx, link, o.options)
	if err != nil {
		return err
	}
	if c.State == rpc.AcceptedContact {
		return s.out.Show(c, "%s is a contact", output.Line(lookup.Label(c)))
	}
	s.later()
	return s.out.Show(c, "%s is asked to become a contact", output.Line(lookup.Label(c)))
}
