package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

// Groups of commands in the help text.
const (
	groupTalk    = "talk"
	groupPeople  = "people"
	groupProfile = "profile"
	groupRun     = "run"
)

func newRoot() *cobra.Command {
	var tor cli.TorFlags
	root := &cobra.Command{
		Use:   "onionwire",
		Short: "Chat over Tor onion services, without servers",
		Long: `onionwire is a chat without servers. Each side publishes an onion service, and
what is said is encrypted from end to end on top of Tor. Without a command it shows
its interface, on a terminal.

  onionwire init            make a profile
  onionwire link            show its contact link, for a contact to add
  onionwire add LINK        ask somebody to become a contact
  onionwire serve           be there for contacts, in the background
  onionwire send NAME TEXT  write to a contact
  onionwire receive         read what contacts write
  onionwire demo            see it work on a private Tor network, offline

Commands use the node that runs on the profile, if there is one ('onionwire serve'),
and need no passphrase then. Otherwise they open the profile by themselves; what they
queue is delivered when a node runs.

With --json, results are JSON objects, one a line, and so is an error, on standard
error: {"error":{"code":…,"message":…,"hint":…}}. The code names the exit status: failed,
usage, passphrase, not_found, timed_out, unavailable, interrupted.`,
	}
	tor.Register(root.PersistentFlags())
	registerJSON(root.PersistentFlags())
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := configure(c); err != nil {
			return err
		}
		_, err := tor.Logger(io.Discard) // malformed is malformed, also where nothing is logged
		return err
	}
	for _, g := range groups(&tor) {
		root.AddGroup(&g.Group)
		for _, c := range g.commands {
			c.GroupID = g.ID
			root.AddCommand(c)
		}
	}
	root.AddCommand(newMan())
	addInterface(root, &tor)
	return root
}

// group are commands that are listed together.
type group struct {
	cobra.Group
	commands []*cobra.Command
}

func groups(tor *cli.TorFlags) []group {
	return []group{
		{cobra.Group{ID: groupTalk, Title: "Talking:"}, []*cobra.Command{
			newChat(tor), newSend(tor), newReceive(tor), newHistory(tor), newSearch(tor), newMessage(tor), newFile(tor),
			newTimer(tor), newExpire(tor),
		}},
		{cobra.Group{ID: groupPeople, Title: "People:"}, []*cobra.Command{
			newLink(tor), newAdd(tor), newContacts(tor), newRequests(tor), newAccept(tor), newReject(tor), newAsk(tor),
			newVerify(tor), newRename(tor), newMute(tor), newUnmute(tor), newBlock(tor), newUnblock(tor), newForget(tor),
			newPing(tor),
		}},
		{cobra.Group{ID: groupProfile, Title: "The profile:"}, []*cobra.Command{
			newInit(), newID(), newAddress(tor), newSettings(tor), newPassphrase(tor), newWords(tor), newRestore(), newExport(tor), newImport(),
		}},
		{cobra.Group{ID: groupRun, Title: "Running it:"}, []*cobra.Command{
			newServe(tor), newStatus(), newToken(tor), newCall(), newDoctor(tor), newTestnet(tor), newDemo(tor),
		}},
	}
}
