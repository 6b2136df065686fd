package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

// confirmFlag is for commands that cannot be undone.
type confirmFlag struct{ yes bool }

func (f *confirmFlag) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.yes, "yes", false, "do not ask whether it is meant")
}

// errNotMeant ends what somebody was asked about and has not said yes to.
var errNotMeant = cli.Hint(errors.New("nothing was done"), "it is done if you answer 'yes', or with --yes")

// check finds out whether somebody can be asked, before anything is opened.
func (f *confirmFlag) check(stdio stdio) error {
	if f.yes || cli.IsTerminal(stdio.in) {
		return nil
	}
	return cli.Hint(cli.Usage(errors.New("nobody is there to be asked whether that is meant")), "say so with --yes")
}

// ask says what is about to happen, and fails unless somebody says yes to it.
func (f *confirmFlag) ask(ctx context.Context, stdio stdio, what string) error {
	if f.yes {
		return nil
	}
	fmt.Fprintf(stdio.err, "%s\nType yes to go on: ", what)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan inputLine)
	// It ends with the program at the latest: a read cannot be called off.
	go readLines(ctx, stdio.in, true, lines)
	select {
	case line := <-lines:
		if !strings.EqualFold(strings.TrimSpace(line.text), "yes") {
			return errNotMeant
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
