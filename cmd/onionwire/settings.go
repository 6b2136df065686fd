package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

// configure gives the flags of a command that is about a profile the values that the
// files and the environment have for them. Others depend on nothing that is set.
func configure(c *cobra.Command) error {
	name, root := c.Flags().Lookup("profile"), c.Flags().Lookup("dir")
	if name == nil || root == nil {
		return nil
	}
	if err := chooseProfile(c.Flags()); err != nil {
		return err
	}
	return setFlags(c.Flags())
}

// setFlags gives the flags of a command the values that are set. If anything of it is wrong,
// they stay as they are.
func setFlags(flags *pflag.FlagSet) error {
	root, name := flags.Lookup("dir"), flags.Lookup("profile")
	set, err := config.Load(config.Files{
		Global: config.GlobalFile(), Profile: config.ProfileFile(root.Value.String(), name.Value.String()),
	}, os.Environ())
	if err == nil {
		err = set.Apply(flags)
	}
	var e *config.Error
	if errors.As(err, &e) {
		return cli.Hint(cli.Usage(err), e.Hint)
	}
	return err
}
