package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

type fileListOptions struct {
	nodeFlags
	limit int
}

func newFileList(tor *cli.TorFlags) *cobra.Command {
	o := fileListOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "list [CONTACT]",
		Short: "List files that were offered, and what became of them",
		Long: `list shows the last files that were sent and offered, with one contact or with all, the
latest one first: number, from or to whom, name, size and state.

With --json, each line is a file as in docs/rpc.md.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return errors.New("name one contact, or none for all")
			}
			return nil
		},
		ValidArgsFunction: o.completeContacts(),
		RunE: func(c *cobra.Command, args []string) error {
			if o.limit < 0 {
				return cli.Hint(cli.Usage(errors.New("--limit is below 0")), "it is a number from 0 on")
			}
			return o.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return o.run(ctx, s, args...) })
		},
	}
	o.register(c.Flags())
	c.Flags().IntVarP(&o.limit, "limit", "n", 50, "how many files; 0 is all")
	return c
}

func (o *fileListOptions) run(ctx context.Context, s *session, given ...string) error {
	var conversation ledger.ConversationID
	if len(given) > 0 {
		c, err := s.contact(ctx, given[0])
		if err != nil || c.Conversation == 0 {
			return err
		}
		conversation = c.Conversation
	}
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return err
	}
	names := make(map[ledger.ContactID]string)
	for _, c := range contacts {
		names[c.ID] = s.called(c)
	}
	var rows [][]string
	var before ledger.FileNumber
	for listed := 0; o.limit == 0 || listed < o.limit; {
		limit := rpc.MaxMessages
		if o.limit > 0 {
			limit = min(limit, o.limit-listed)
		}
		page, err := s.Files(ctx, conversation, before, limit)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, f := range page {
			if !s.out.JSON {
				rows = append(rows, fileRow(f, names[f.Contact]))
			} else if err := s.out.Object(f); err != nil {
				return err
			}
		}
		listed, before = listed+len(page), page[len(page)-1].Number
	}
	return output.Table(s.out.Out, rows...)
}

// fileRow is a file for people.
func fileRow(f rpc.File, name string) []string {
	whom, state := "to "+name, string(f.State)
	if f.Incoming {
		whom = "from " + name
	}
	if f.State == rpc.MovingFile && f.Size > 0 {
		state = fmt.Sprintf("%d %%", f.Done*100/f.Size)
	}
	if f.Why != "" {
		state += ": " + f.Why
	}
	return []string{strconv.FormatInt(int64(f.Number), 10), whom, f.Name, wording.Bytes(f.Size), state}
}
