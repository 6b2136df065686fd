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
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// moveOptions are those of commands that can wait for a file.
type moveOptions struct {
	nodeFlags
	wait    bool
	timeout time.Duration
	folder  string
}

func (o *moveOptions) register(c *cobra.Command) {
	o.nodeFlags.register(c.Flags())
	c.Flags().BoolVar(&o.wait, "wait", false, "wait until the file has arrived")
	c.Flags().Var(duration.Flag(&o.timeout, 0), "timeout", "how long to wait at most; 0 is for ever")
}

// run opens a node, with a network if it is to be waited.
func (o *moveOptions) run(ctx context.Context, stdio stdio, use func(context.Context, *session) error) error {
	if o.wait {
		return o.online(ctx, stdio, use)
	}
	return o.offline(ctx, stdio, use)
}

// exists fails if a path that somebody has named leads to nothing. All else is for the node
// to find out, which may be allowed to read what we are not.
func exists(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

const waiting = `With --wait it ends when all of the file has arrived; if no node runs, it starts one with
a Tor of its own. If --timeout is over first, the exit status is 5, and the file stays as
far as it has come.

With --json, the file is printed as in docs/rpc.md.`

func newFileSend(tor *cli.TorFlags) *cobra.Command {
	o := moveOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "send CONTACT FILE",
		Short: "Offer a file to a contact",
		Long: `send offers a file to a contact. It has to stay where and as it is until it has arrived.

` + waiting,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name a contact, and a file")
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return nil, cobra.ShellCompDirectiveDefault // files
			}
			return o.completeContacts(rpc.AcceptedContact)(c, args, begun)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := exists(args[1]); err != nil {
				return err
			}
			return o.run(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return o.send(ctx, s, args[0], args[1]) })
		},
	}
	o.register(c)
	return c
}

func (o *moveOptions) send(ctx context.Context, s *session, given, path string) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	f, err := s.SendFile(ctx, c.Conversation, path)
	switch {
	case errors.Is(err, rpc.ErrInvalid):
		return cli.Hint(err, "is the path right? only ordinary files can be sent")
	case err != nil:
		return noContact("send to", err)
	}
	return o.finish(ctx, s, status.Cursor, f.Number, "is offered")
}

func newFileAccept(tor *cli.TorFlags) *cobra.Command {
	o := moveOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "accept NUMBER",
		Short: "Take an offered file",
		Long: `accept takes a file that a contact offers, into the folder that --to names, or else
that of 'onionwire settings download_folder', or else your folder for downloads. Where
there is none of these, as on a server, it goes into the folder "downloads" of the
profile. Its name is made harmless, and nothing is overwritten.

` + waiting,
		Args:              files.only,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			if err := exists(o.folder); o.folder != "" && err != nil {
				return err
			}
			return o.run(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return o.accept(ctx, s, files.number(args[0])) })
		},
	}
	o.register(c)
	c.Flags().StringVar(&o.folder, "to", "", "`FOLDER` that the file is put into")
	_ = c.MarkFlagDirname("to")
	return c
}

func (o *moveOptions) accept(ctx context.Context, s *session, number ledger.FileNumber) (err error) {
	folder := o.folder
	if folder != "" {
		if folder, err = filepath.Abs(folder); err != nil {
			return err
		}
	}
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	switch err := s.AcceptFile(ctx, number, folder); {
	case errors.Is(err, rpc.ErrInvalid):
		return cli.Hint(err, "name a folder that is there with --to")
	case err != nil:
		return noFile(err)
	}
	return o.finish(ctx, s, status.Cursor, number, "is accepted")
}

// finish waits for a file, if it is to be waited for, and prints it.
func (o *moveOptions) finish(ctx context.Context, s *session, after ledger.Cursor, number ledger.FileNumber, done string) error {
	if !o.wait {
		s.later()
		return s.showFile(ctx, number, done)
	}
	ctx, cancel := within(ctx, o.timeout)
	defer cancel()
	err := s.connect(ctx)
	if err == nil {
		err = awaitFile(ctx, s.API, after, number)
	}
	if err != nil {
		return overdue(ctx, err, fmt.Sprintf("file %d has not arrived yet", number),
			"it goes on by itself while a node runs; 'onionwire file list' says how far it is")
	}
	return s.showFile(ctx, number, "has arrived")
}

// errNotArrived means that a file is not going to.
var errNotArrived = errors.New("the file does not arrive")

// awaitFile waits until a file has arrived.
func awaitFile(ctx context.Context, api rpc.API, after ledger.Cursor, number ledger.FileNumber) error {
	for e, err := range api.Events(ctx, after) {
		if err != nil {
			return err
		}
		if e.Kind != rpc.FileChanged || e.File != number {
			continue
		}
		switch e.FileState {
		case rpc.ArrivedFile:
			return nil
		case rpc.DeclinedFile, rpc.WithdrawnFile, rpc.BrokenFile:
			return cli.Hint(fmt.Errorf("%w: it is %s", errNotArrived, output.Line(string(e.FileState))), "'onionwire file list' says more")
		}
	}
	return ctx.Err()
}
