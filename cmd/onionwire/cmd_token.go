package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

func newToken(tor *cli.TorFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Let other programs use the node, as far as you like",
		Long: `token manages what other programs show to the node to be let in, a bot for example: what
each of them may do is up to you. docs/rpc.md says how they talk to the node.`,
	}
	c.AddCommand(newTokenCreate(tor), newTokenList(tor), newTokenRevoke(tor))
	return c
}

type tokenOptions struct {
	nodeFlags
	scopes  []string
	with    string
	expires time.Duration
	note    string
}

func newTokenCreate(tor *cli.TorFlags) *cobra.Command {
	o := tokenOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "create --scope SCOPE",
		Short: "Make a token",
		Long: `create makes a token and prints it. It cannot be shown a second time: keep it where only
the program can read it.

A token with the scope read may read what there is and follow what happens, with send it
may write messages, with both it may answer, with full it may do everything, also change
the passphrase for who knows it. With --with, it is for the conversation with one contact
alone, and sees nothing of the others.

With --json, it prints an object with "token" and "id", as in docs/rpc.md.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(o.scopes) == 0 {
				return cli.Hint(cli.Usage(errors.New("--scope is missing")), "it is read, send, both as in read,send, or full")
			}
			return o.offline(c.Context(), stdioOf(c), o.create)
		},
	}
	o.register(c.Flags())
	c.Flags().StringSliceVar(&o.scopes, "scope", nil, "what the token allows: read, send, or both as in read,send, or full")
	c.Flags().StringVar(&o.with, "with", "", "only the conversation with this `CONTACT`")
	c.Flags().Var(duration.Flag(&o.expires, 0), "expires", "how long it can be used (default: for ever)")
	c.Flags().StringVar(&o.note, "note", "", "what it is for")
	_ = c.RegisterFlagCompletionFunc("scope", cobra.FixedCompletions([]string{"read", "send", "read,send", "full"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("with", o.completeContacts(rpc.AcceptedContact))
	return c
}

// wantedToken are the parameters of the method new_token.
type wantedToken struct {
	Scopes       []string              `json:"scopes"`
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
	Expires      rpc.Time              `json:"expires,omitzero"`
	Note         string                `json:"note,omitempty"`
}

func (o *tokenOptions) create(ctx context.Context, s *session) error {
	wanted := wantedToken{Scopes: o.scopes, Note: o.note}
	if o.expires > 0 {
		wanted.Expires = rpc.TimeOf(time.Now().Add(o.expires))
	}
	if o.with != "" {
		c, err := s.contact(ctx, o.with)
		if err != nil {
			return err
		}
		if wanted.Conversation = c.Conversation; c.Conversation == 0 {
			return cli.Hint(fmt.Errorf("there is no conversation yet: %w", rpc.ErrState), "the contact has to be accepted first")
		}
	}
	client, err := s.Client(ctx)
	if err != nil {
		return err
	}
	var made rpc.NewToken
	err = client.Call(ctx, "new_token", wanted, &made)
	if errors.Is(err, rpc.ErrInvalid) {
		return cli.Hint(cli.Usage(fmt.Errorf("such a token cannot be made: %w", err)), "--scope is read, send, both as in read,send, or full")
	}
	if err != nil {
		return err
	}
	return s.out.Show(made, "%s", made.Secret.Reveal())
}

func newTokenList(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "list",
		Short: "List tokens",
		Long: `list shows the tokens that were made and not revoked: ID, what each allows, until when,
and the note. The tokens themselves are not kept.

With --json, each line is a token as in docs/rpc.md.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.offline(c.Context(), stdioOf(c), listTokens) },
	}
	f.register(c.Flags())
	return c
}

// tokensOf returns the tokens of a node.
func tokensOf(ctx context.Context, s *session) (all []rpc.Token, err error) {
	client, err := s.Client(ctx)
	if err == nil {
		err = client.Call(ctx, "tokens", nil, &all)
	}
	return all, err
}

func listTokens(ctx context.Context, s *session) error {
	all, err := tokensOf(ctx, s)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range all {
		if s.out.JSON {
			if err := s.out.Object(t); err != nil {
				return err
			}
			continue
		}
		scope, until := t.Scopes.String(), "for ever"
		if t.Conversation != 0 {
			scope += fmt.Sprintf(" of conversation %d", t.Conversation)
		}
		if !t.Expires.IsZero() {
			until = "until " + t.Expires.In(time.Local).Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{string(t.ID), scope, until, t.Note})
	}
	return output.Table(s.out.Out, rows...)
}

func newTokenRevoke(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "revoke ID",
		Short: "Make a token useless",
		Long: `revoke makes a token useless, and cuts the connections of who has shown it. The ID, or
enough of its beginning, is what 'onionwire token list' shows.

With --json, it prints the token as in docs/rpc.md.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return errors.New("give the ID of one token, as 'onionwire token list' does")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return revoke(ctx, s, args[0]) })
		},
	}
	f.register(c.Flags())
	return c
}

func revoke(ctx context.Context, s *session, begun string) error {
	all, err := tokensOf(ctx, s)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(all, func(t rpc.Token) bool { return !strings.HasPrefix(string(t.ID), begun) })
	switch len(found) {
	case 0:
		return cli.Hint(fmt.Errorf("no such token: %w", rpc.ErrNotFound), "'onionwire token list' shows those that there are")
	case 1:
	default:
		return cli.Hint(cli.Usage(errors.New("more than one token begins so")), "give more of the ID")
	}
	client, err := s.Client(ctx)
	if err != nil {
		return err
	}
	if err := client.Call(ctx, "drop_token", map[string]token.ID{"id": found[0].ID}, nil); err != nil {
		return err
	}
	return s.out.Show(found[0], "token %s is revoked", found[0].ID)
}
