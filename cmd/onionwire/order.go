package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/rpc"
)

// numbered is what has numbers by which commands take it: files, messages.
type numbered[N ~int64] struct {
	name  string // as in "the number of one file"
	shown string // by which command the numbers are
	// show prints one as it is now, for people what was done.
	show func(ctx context.Context, s *session, number N, done string) error
	// explain says what to do if nothing can be done to one.
	explain func(error) error
}

// order is something that is done to one of them.
type order[N ~int64] struct {
	name, short, long string
	do                func(rpc.API, context.Context, N) error
	done              string // is said for people when it is done, behind what it was done to
}

// argument is the first one, the number.
func (k numbered[N]) argument(args []string) error {
	if len(args) > 0 && k.number(args[0]) > 0 {
		return nil
	}
	return fmt.Errorf("give the number of one %s, as '%s' does", k.name, k.shown)
}

// only is the number as the only argument.
func (k numbered[N]) only(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		args = nil
	}
	return k.argument(args)
}

// number is what was given, or 0 if that is no number.
func (k numbered[N]) number(arg string) N {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return 0
	}
	return N(n)
}

// command is an order that can be given.
func (k numbered[N]) command(tor *cli.TorFlags, o order[N]) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   o.name + " NUMBER",
		Short: o.short,
		Long: o.long + `

With --json, the ` + k.name + ` is printed as in docs/rpc.md.`,
		Args:              k.only,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				number := k.number(args[0])
				if err := o.do(s.API, ctx, number); err != nil {
					return k.explain(err)
				}
				return k.show(ctx, s, number, o.done)
			})
		},
	}
	f.register(c.Flags())
	return c
}
