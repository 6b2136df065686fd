// Command onionping measures round trips between libp2p hosts over Tor onion
// services.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(cli.Program{Root: newRoot()})) }

func newRoot() *cobra.Command {
	var tor cli.TorFlags
	root := &cobra.Command{
		Use:   "onionping",
		Short: "Ping libp2p hosts over Tor onion services",
		Long: `onionping measures round trips between libp2p hosts over Tor onion services.
One side listens and prints its address, the other dials it. Either can be any
go-libp2p program instead: what is spoken is libp2p's ping protocol.

  onionping listen
  onionping dial /onion3/…/p2p/…`,
	}
	tor.Register(root.PersistentFlags())
	root.AddCommand(newListen(&tor), newDial(&tor))
	return root
}
