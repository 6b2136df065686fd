package main

import (
	"io"

	"github.com/spf13/cobra"

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
  onionwire id                  print its contact link, to give to a contact
  onionwire chat --listen       wait for somebody to talk to
  onionwire chat LINK           talk to the contact with this link
  onionwire run                 be there for contacts, and for other programs
  onionwire call METHOD         ask a node that runs
  onionwire words, restore      write the identity down, and make it again
  onionwire export, import      take a profile along
  onionwire passphrase          change the passphrase
  onionwire demo                see it work on a private Tor network, offline
  onionwire testnet             run such a network, to try things out`,
	}
	tor.Register(root.PersistentFlags())
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		_, err := tor.Logger(io.Discard) // malformed is malformed, also where nothing is logged
		return err
	}
	root.AddCommand(
		newInit(), newID(), newChat(&tor), newRun(&tor), newCall(),
		newWords(), newRestore(), newPassphrase(), newExport(), newImport(),
		newTestnet(&tor), newDemo(&tor),
	)
	return root
}
