package main

import (
	"io"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func newRoot() *cobra.Command {
	var tor cli.TorFlags
	root := &cobra.Command{
		Use:   "onionwire",
		Short: "Chat over Tor onion services, without servers",
		Long: `onionwire is a chat without servers. Each side publishes an onion service, and
what is said is encrypted from end to end on top of Tor.

  onionwire init                make a profile
  onionwire id                  print its address, to give to a contact
  onionwire chat --listen       wait for somebody to talk to
  onionwire chat MULTIADDR      talk to the contact with this address
  onionwire demo                see it work on a private Tor network, offline`,
	}
	tor.Register(root.PersistentFlags())
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		_, err := tor.Logger(io.Discard) // malformed is malformed, also where nothing is logged
		return err
	}
	root.AddCommand(newInit(), newID(), newChat(&tor), newTestnet(&tor), newDemo(&tor))
	return root
}

// profileFlags say which profile a command is about.
type profileFlags struct {
	root string
	name string
}

func (f *profileFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.name, "profile", "default", "name of the profile")
	fs.StringVar(&f.root, "dir", filepath.Join(xdg.DataHome, "onionwire"), "folder of all profiles")
}
