package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

type linkOptions struct {
	nodeFlags
	qr      bool
	png     string
	invite  bool
	note    string
	expires time.Duration
}

func newLink(tor *cli.TorFlags) *cobra.Command {
	o := linkOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "link",
		Short: "Show the contact link to give to others, as text or QR code",
		Long: `link prints the profile's contact link with the name that the settings say. Who has it can
ask to become your contact, and can see whether you are online. Give it over a way on
which nobody can exchange it for another.

On a terminal, or with --qr, a QR code follows. With --png, the code is written to a new
file, and the link is printed as well.

With --invite, it makes a link whose first bearer becomes a contact without being asked,
once. That one is secret.

With --json, it prints the link in the forms of docs/rpc.md.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.offline(c.Context(), stdioOf(c), o.run)
		},
	}
	o.register(c.Flags())
	c.Flags().BoolVar(&o.qr, "qr", false, "show a QR code, also where standard output is no terminal")
	c.Flags().StringVar(&o.png, "png", "", "new `FILE` for the QR code as a picture")
	c.Flags().BoolVar(&o.invite, "invite", false, "make a link that need not be accepted, for one person")
	c.Flags().StringVar(&o.note, "note", "", "what the invite is for; nobody else sees it")
	c.Flags().Var(duration.Flag(&o.expires, 0), "expires", "how long the invite can be used (default: for ever)")
	return c
}

func (o *linkOptions) check() error {
	if !o.invite && (o.note != "" || o.expires != 0) {
		return cli.Hint(cli.Usage(errors.New("--note and --expires are for invites")), "add --invite, or leave them away")
	}
	if o.png == "" {
		return nil
	}
	return vacant(o.png)
}

func (o *linkOptions) run(ctx context.Context, s *session) error {
	link, err := o.link(ctx, s)
	if err != nil {
		return err
	}
	if o.png != "" {
		if err := writeCode(o.png, link.QR()); err != nil {
			return err
		}
	}
	forms, err := formsOf(link)
	if err != nil {
		return err
	}
	if s.out.JSON {
		return s.out.Object(forms)
	}
	if _, err := fmt.Fprintln(s.out.Out, link); err != nil {
		return err
	}
	switch {
	case o.qr && !cli.IsTerminal(s.out.Out):
		_, err = fmt.Fprint(s.out.Out, qr.Plain(link.QR()))
	case o.qr, o.png == "" && cli.IsTerminal(s.out.Out):
		_, err = fmt.Fprint(s.out.Out, qr.Terminal(link.QR()))
	}
	return err
}

func (o *linkOptions) link(ctx context.Context, s *session) (contactlink.Link, error) {
	if !o.invite {
		return s.Link(ctx)
	}
	options := rpc.InviteOptions{Note: o.note}
	if o.expires > 0 {
		options.Expires = rpc.TimeOf(time.Now().Add(o.expires))
	}
	return s.NewInvite(ctx, options)
}

// vacant fails if there is something at a path, or no folder for it.
func vacant(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return cli.Hint(fmt.Errorf("there is something at %s", path), "name another file; nothing is overwritten")
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// writeCode writes a QR code to a new file, as a picture.
func writeCode(path, text string) error {
	picture, err := qr.PNG(text)
	if err != nil {
		return err
	}
	return writeNew(path, picture)
}

// writeNew writes a file that is not there, for this user alone, whole or not at all.
func writeNew(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	_, err = file.Write(content)
	return err
}
