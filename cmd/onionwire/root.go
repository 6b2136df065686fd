package main

import (
	"errors"
	"io"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
)

func newRoot() *cobra.Command {
	var tor cli.TorFlags
	root := &cobra.Command{
		Use:   "onionwire",
		Short: "Chat over Tor onion services, without servers",
		Long: `onionwire is a chat without servers. Each side publishes an onion service, and
what is said is encrypted from end to end on top of Tor.

  onionwire init                make a profile
  onionwire id                  print its contact link, to give to a contact
  onionwire chat --listen       wait for somebody to talk to
  onionwire chat LINK           talk to the contact with this link
  onionwire demo                see it work on a private Tor network, offline
  onionwire testnet             run such a network, to try things out`,
	}
	tor.Register(root.PersistentFlags())
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		_, err := tor.Logger(io.Discard) // malformed is malformed, also where nothing is logged
		return err
	}
	root.AddCommand(newInit(), newID(), newChat(&tor), newTestnet(&tor), newDemo(&tor))
	return root
}

const defaultProfile = "default"

// profileFlags say which profile a command is about.
type profileFlags struct {
	root string
	name string
}

func (f *profileFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "profile", defaultProfile, "name of the profile")
	fs.StringVar(&f.root, "dir", filepath.Join(xdg.DataHome, "onionwire"), "folder of all profiles")
}

// explain says how the profile that is missing is made.
func (f *profileFlags) explain(err error) error {
	if errors.Is(err, node.ErrNoProfile) && f.name != defaultProfile {
		return cli.Hint(err, "make it with 'onionwire init --profile "+f.name+"'; --dir says in which folder")
	}
	return err
}
