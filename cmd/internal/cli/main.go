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

// Program is what Main runs.
type Program struct {
	Root *cobra.Command
	// Known are errors of this program, which come before those of all programs.
	Known []Known
	// Statuses are exit statuses of its own, as lines for its help texts.
	Statuses string
	// Codes name exit statuses of its own in errors as JSON, which a program with a flag
	// --json tells. Nil: it has none.
	Codes map[int]string
}

// exitHelp is the part of every help text that lists the exit statuses.
func (p Program) exitHelp() string {
	return `EXIT STATUS
  0    all went well
  1    something failed; standard error says what, and what to do
  2    the command line is wrong
` + p.Statuses + `  130  interrupted before the work was done
`
}

// ErrInterrupted ends a program that was interrupted before its work was done.
var ErrInterrupted = errors.New("interrupted")

// Main runs a program and returns its exit status. Ctrl-C and the signals that
// ask a program to end cancel the command's context, for it to clear up; a
// second one ends it at once.
func Main(p Program) int {
	root := p.Root
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	// nohup has it ignored, for the program to outlive its terminal.
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	context.AfterFunc(ctx, stop)
	root.Version = versionText()
	p.prepare()
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && IsTerminal(root.ErrOrStderr()) {
		fmt.Fprintln(root.ErrOrStderr()) // the terminal has shown ^C
	}
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = ErrInterrupted
	}
	if p.Codes != nil && wantsJSON(os.Args[1:]) {
		return p.reportJSON(root.ErrOrStderr(), err)
	}
	return p.report(root.ErrOrStderr(), err)
}

// report tells an error in one line and what to do about it in a second one.
func (p Program) report(w io.Writer, err error) int {
	name := p.Root.Name()
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, ErrInterrupted) {
		fmt.Fprintf(w, "%s: %s\n", name, err)
		return ExitInterrupted
	}
	fmt.Fprintf(w, "%s: %s\n", name, oneLine(err.Error()))
	fmt.Fprintf(w, "%s  %s\n", strings.Repeat(" ", len(name)), p.HintFor(err))
	return p.status(err)
}

// oneLine folds an error that libp2p has spread over several lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
