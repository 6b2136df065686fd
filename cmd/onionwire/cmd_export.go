package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/rpc"
)

// exportFlag begins the flags of the passphrase of an export.
const exportFlag = "export-"

type exportOptions struct {
	nodeFlags
	passphrase   secretFlag
	contactsOnly bool
}

func newExport(tor *cli.TorFlags) *cobra.Command {
	o := exportOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the profile to one encrypted file",
		Long: `export writes one file, encrypted with a passphrase of its own, from which 'onionwire
import' makes the profile again, here or elsewhere: identity, addresses, contacts, and
with all that was said unless --contacts-only is given. What waits to be delivered and
files that were exchanged are not in it.

FILE must not exist. It asks for the passphrase of the profile, and twice for one of
the export. Whoever has the file and its passphrase is you. The file is in the format
of age, version 1: other programs open it as well.

With --json, it prints {"profile":…,"file":…}.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name the file to write")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), stdioOf(c), args[0]) },
	}
	o.nodeFlags.register(c.Flags())
	o.passphrase.register(c.Flags(), exportFlag, "the passphrase of the export")
	c.Flags().BoolVar(&o.contactsOnly, "contacts-only", false, "leave out what was said")
	return c
}

func (o *exportOptions) run(ctx context.Context, stdio stdio, path string) error {
	if err := vacant(path); err != nil {
		return err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	return o.withPassphrase(ctx, stdio, func(ctx context.Context, s *session, passphrase []byte) error {
		own, err := stdio.secrets().fresh(ctx, &o.passphrase)
		if err != nil {
			return err
		}
		defer clear(own)
		switch err := s.Export(ctx, string(passphrase), path, string(own), !o.contactsOnly); {
		case errors.Is(err, rpc.ErrInvalid):
			return cli.Hint(err, "name a file that is not there, in a folder that is")
		case err != nil:
			return err
		}
		fmt.Fprintf(stdio.notes(), "profile %q is exported; without the export's passphrase the file is of no use\n", o.profile.name)
		if stdio.json {
			return s.out.Object(map[string]string{"profile": o.profile.name, "file": path})
		}
		return nil
	})
}
