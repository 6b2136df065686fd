package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func newFile(tor *cli.TorFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "file",
		Short: "Send and receive files",
		Long: `file sends files to contacts and takes theirs. A file is offered first, and moves once it
is accepted, while both sides are there; it goes on by itself after every interruption.
Files have numbers, which 'onionwire file list' shows.`,
	}
	c.AddCommand(newFileSend(tor), newFileAccept(tor), newFileList(tor))
	for _, o := range []fileOrder{
		{
			name: "decline", short: "Say no to an offered file", done: "is declined",
			long: "decline says no to a file that a contact offers. They are told.",
			do:   rpc.API.DeclineFile,
		},
		{
			name: "pause", short: "Stop a file for now", done: "is paused",
			long: "pause stops a file that is sent or received, until 'onionwire file resume'.",
			do:   rpc.API.PauseFile,
		},
		{
			name: "resume", short: "Go on with a file", done: "goes on",
			long: "resume goes on with a file that was stopped by 'onionwire file pause'.",
			do:   rpc.API.ResumeFile,
		},
		{
			name: "cancel", short: "Call a file off", done: "is called off",
			long: `cancel calls a file off that is sent or received, for good. What has come of it is
removed, and the other side is told.`,
			do: rpc.API.WithdrawFile,
		},
	} {
		c.AddCommand(o.command(tor))
	}
	return c
}

// fileOrder is something that is done to one file.
type fileOrder struct {
	name, short, long string
	do                func(rpc.API, context.Context, ledger.FileNumber) error
	done              string // is said for people when it is done, behind the file
}

// numbered is the argument that says which file.
func numbered(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		if n, err := strconv.ParseInt(args[0], 10, 64); err == nil && n > 0 {
			return nil
		}
	}
	return errors.New("give the number of one file, as 'onionwire file list' does")
}

func fileNumber(arg string) ledger.FileNumber {
	n, _ := strconv.ParseInt(arg, 10, 64) // numbered has looked
	return ledger.FileNumber(n)
}

func (o fileOrder) command(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   o.name + " NUMBER",
		Short: o.short,
		Long: o.long + `

With --json, the file is printed as in docs/rpc.md.`,
		Args:              numbered,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				number := fileNumber(args[0])
				if err := o.do(s.API, ctx, number); err != nil {
					return noFile(err)
				}
				return s.showFile(ctx, number, o.done)
			})
		},
	}
	f.register(c.Flags())
	return c
}

// noFile says how to find the file that is not there, or is over.
func noFile(err error) error {
	if errors.Is(err, rpc.ErrNotFound) {
		return cli.Hint(fmt.Errorf("no such file, or it is over: %w", err), "'onionwire file list' shows the numbers of files, and what became of each")
	}
	return err
}

// showFile prints a file as it is now, for people what was done.
func (s *session) showFile(ctx context.Context, number ledger.FileNumber, done string) error {
	f, err := s.File(ctx, number)
	if err != nil {
		return noFile(err)
	}
	return s.out.Show(f, "file %d, %s, %s", f.Number, output.Line(f.Name), done)
}
