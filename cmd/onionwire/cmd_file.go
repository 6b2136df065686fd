package main

import (
	"context"
	"errors"
	"fmt"

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
	for _, o := range []order[ledger.FileNumber]{
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
		c.AddCommand(files.command(tor, o))
	}
	return c
}

// files are known by their numbers.
var files = numbered[ledger.FileNumber]{
	name: "file", shown: "onionwire file list", explain: noFile,
	show: func(ctx context.Context, s *session, number ledger.FileNumber, done string) error {
		return s.showFile(ctx, number, done)
	},
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
	if f.Incoming && f.State == rpc.ArrivedFile { // perhaps under a name that was free
		done += ": " + output.Line(f.Path)
	}
	return s.out.Show(f, "file %d, %s, %s", f.Number, output.Line(f.Name), done)
}
