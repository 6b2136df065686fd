package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses. They are part of the interface of the programs.
const (
	ExitOK          = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// ExitHelp is the part of every help text that lists them.
const ExitHelp = `EXIT STATUS
  0    all went well
  1    something failed; standard error says what, and what to do
  2    the command line is wrong
  130  interrupted before the work was done`

// ErrInterrupted ends a program that was interrupted before its work was done.
var ErrInterrupted = errors.New("interrupted")

// Main runs a program and returns its exit status. Ctrl-C and the signals that
// ask a program to end cancel the command's context, for it to clear up; a
// second one ends it at once.
func Main(root *cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	prepare(root)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = ErrInterrupted
	}
	return report(root.ErrOrStderr(), root.Name(), err)
}

// report tells an error in one line and what to do about it in a second one.
func report(w io.Writer, program string, err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, ErrInterrupted):
		fmt.Fprintf(w, "%s: %s\n", program, err)
		return ExitInterrupted
	}
	fmt.Fprintf(w, "%s: %s\n", program, oneLine(err.Error()))
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(w, "%s  %s\n", strings.Repeat(" ", len(program)), hint)
	}
	if errors.As(err, &usage) {
		return ExitUsage
	}
	return ExitFailure
}

// oneLine folds an error that libp2p has spread over several lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// prepare makes a tree of commands report errors as Main does, and list the
// exit statuses.
func prepare(c *cobra.Command) {
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return Usage(err, "see '"+c.CommandPath()+" --help'")
	})
	if c.Runnable() {
		c.Long = strings.TrimSpace(strings.TrimSpace(c.Long)+"\n\n"+ExitHelp) + "\n"
		args := c.Args
		c.Args = func(c *cobra.Command, given []string) error {
			if args == nil {
				return nil
			}
			if err := args(c, given); err != nil {
				return Usage(err, "usage: "+c.UseLine())
			}
			return nil
		}
	} else {
		c.Args = func(c *cobra.Command, given []string) error {
			if len(given) > 0 {
				return Usage(fmt.Errorf("unknown command %q", given[0]), unknownHint(c, given[0]))
			}
			return nil
		}
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	for _, sub := range c.Commands() {
		prepare(sub)
	}
}

func unknownHint(c *cobra.Command, given string) string {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(given); len(near) > 0 {
		return "did you mean '" + c.CommandPath() + " " + near[0] + "'?"
	}
	return "see '" + c.CommandPath() + " --help'"
}
