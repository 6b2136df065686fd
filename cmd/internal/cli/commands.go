package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// prepare makes a tree of commands report mistakes as Main does, and list the
// exit statuses.
func (p Program) prepare() {
	root := p.Root
	// Cobra adds these two when it runs, which is too late to prepare them.
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	each(root, func(c *cobra.Command) {
		c.SilenceErrors, c.SilenceUsage = true, true
		c.SetFlagErrorFunc(flagError)
		switch {
		case !c.Runnable():
			c.Args = noCommand
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		case c.Args == nil && c.HasSubCommands(): // what is there is no argument of it
			c.Args = noCommand
		default:
			c.Args = checked(c.Args)
		}
		c.Long = strings.TrimSpace(c.Long) + "\n\n" + p.exitHelp()
	})
}

func each(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		each(sub, f)
	}
}

// checked makes what args finds wrong a mistake on the command line.
func checked(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if args == nil {
			return nil
		}
		if err := args(c, given); err != nil {
			return Hint(Usage(err), "usage: "+c.UseLine())
		}
		return nil
	}
}

// NoArgs are the arguments of a command that takes none.
func NoArgs(_ *cobra.Command, given []string) error {
	if len(given) > 0 {
		return fmt.Errorf("unexpected argument %s", quote(given[0]))
	}
	return nil
}

// noCommand are the arguments of a command that only has commands below it.
func noCommand(c *cobra.Command, given []string) error {
	if len(given) > 0 {
		return unknownCommand(c, given[0])
	}
	return nil
}

// flagError tells a flag that is wrong, or the command that does not exist: it
// is why the flags that follow it are not known.
func flagError(c *cobra.Command, err error) error {
	if given := c.Flags().Args(); c.HasSubCommands() && len(given) > 0 {
		return unknownCommand(c, given[0])
	}
	return Hint(Usage(wrongValue(err)), "see '"+c.CommandPath()+" --help'")
}

// wrongValue says what is wrong with the value of a flag without the words of the library
// that has read it.
func wrongValue(err error) error {
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) {
		return err
	}
	cause := wrong.Unwrap()
	var number *strconv.NumError
	switch {
	case !errors.As(cause, &number):
	case number.Func == "ParseBool":
		cause = errors.New("it is true or false that is wanted")
	default:
		cause = errors.New("it is a whole number that is wanted")
	}
	return fmt.Errorf("--%s %s: %w", wrong.GetFlag().Name, quote(wrong.GetValue()), cause)
}

func unknownCommand(c *cobra.Command, given string) error {
	hint := "see '" + c.CommandPath() + " --help'"
	c.SuggestionsMinimumDistance = 2
	for _, sub := range c.Commands() {
		if slices.Contains(sub.SuggestFor, given) { // what it was once called says more than how it is spelt
			return Hint(Usage(fmt.Errorf("unknown command %s", quote(given))), "did you mean '"+sub.CommandPath()+"'?")
		}
	}
	if near := c.SuggestionsFor(given); len(near) > 0 {
		slices.SortStableFunc(near, func(a, b string) int {
			return cmp.Compare(levenshtein.ComputeDistance(given, a), levenshtein.ComputeDistance(given, b))
		})
		hint = "did you mean '" + c.CommandPath() + " " + near[0] + "'?"
	}
	return Hint(Usage(fmt.Errorf("unknown command %s", quote(given))), hint)
}

// quote repeats what was given, but not so much that it could be an address in
// full.
func quote(given string) string {
	const enough = 20
	if runes := []rune(given); len(runes) > enough {
		given = string(runes[:enough]) + "…"
	}
	return strconv.Quote(given)
}

// newHelp is cobra's help command, except that it knows what it does not know.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does, and its flags",
		Long:  "help shows what a command does, and its flags.",
		ValidArgsFunction: func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			for _, sub := range c.Root().Commands() {
				names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil {
				return Usage(err)
			}
			if len(rest) > 0 {
				return unknownCommand(found, rest[0])
			}
			found.InitDefaultHelpFlag() // or it is missing among the flags
			return found.Help()
		},
	}
}
