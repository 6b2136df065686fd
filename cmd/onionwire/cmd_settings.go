package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/node/rpc"
)

func newSettings(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	all := settings.All(rpc.Settings{})
	var list strings.Builder
	for _, s := range all {
		fmt.Fprintf(&list, "  %-16s  %s\n", s.Name, s.Label)
	}
	c := &cobra.Command{
		Use:   "settings [NAME [VALUE]]",
		Short: "Show the settings of the profile, or change one",
		Long: `settings shows the settings of the profile, or one of them, or changes one to VALUE:

` + list.String() + `
A switch is true or false, a time such as 7d or never, a size such as 5M. Files up to
auto_accept that verified contacts offer are accepted without asking; 0 is never.

They are kept in the profile, and are in its exports. What the program itself is set up
with, such as bridges and colours, is in files: docs/configuration.md.

With --json, all settings are printed as in docs/rpc.md, also after a change.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 2 {
				return errors.New("name one setting, and its value in quotes if that has spaces")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, s := range all {
				switch {
				case len(args) == 0:
					found = append(found, cobra.CompletionWithDesc(s.Name, s.Doc))
				case len(args) == 1 && s.Name == args[0]:
					found = append(found, s.Choices...)
				}
			}
			return found, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			change, err := changeOf(all, args...)
			if err != nil {
				return err
			}
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return s.settings(ctx, change, args...) })
		},
	}
	f.register(c.Flags())
	return c
}

// changeOf returns what is to be changed, or nothing, before anything is opened.
func changeOf(all []settings.Setting, args ...string) (change rpc.SettingsUpdate, err error) {
	if len(args) == 0 {
		return change, nil
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	i := slices.Index(names, args[0])
	if i < 0 {
		hint := "'onionwire settings' lists them"
		if near := lookup.Near(names, args[0]); len(near) > 0 {
			hint = "did you mean '" + near[0] + "'?"
		}
		return change, cli.Hint(cli.Usage(errors.New("there is no such setting")), hint)
	}
	if len(args) == 1 {
		return change, nil
	}
	if change, err = all[i].Change(args[1]); err != nil {
		err = cli.Hint(cli.Usage(fmt.Errorf("%s: %w", names[i], err)), all[i].Doc)
	}
	return change, err
}

// settings makes a change, if there is one, and prints the settings or the one that is
// named.
func (s *session) settings(ctx context.Context, change rpc.SettingsUpdate, name ...string) error {
	now, err := s.Settings(ctx)
	if err == nil && len(name) > 1 {
		now, err = s.SetSettings(ctx, change)
	}
	switch {
	case errors.Is(err, rpc.ErrInvalid):
		return cli.Hint(cli.Usage(err), "'onionwire settings --help' says what each takes")
	case err != nil:
		return err
	case s.out.JSON:
		return s.out.Object(now)
	}
	var rows [][]string
	for _, one := range settings.All(now) {
		if len(name) == 0 || one.Name == name[0] {
			rows = append(rows, []string{one.Name, one.Value})
		}
	}
	return output.Table(s.out.Out, rows...)
}
