package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func newRestore() *cobra.Command {
	var o makeOptions
	c := &cobra.Command{
		Use:   "restore",
		Short: "Make a profile again from its 24 words",
		Long: `restore makes a profile again from the 24 words that 'onionwire words' has shown:
its identity and its first onion address. Contacts and messages are not in the words:
'onionwire export' takes them along.

It asks for the words, which the terminal does not show. Where standard input is no
terminal, they are read from there, after the passphrase if that is there, too. The
first four letters of each word are enough.

Your contacts know you still, but you do not know them: add their links, or have them
ask once more. Who knows a later address cannot call until you have changed yours as
often again.

Do not let two profiles of the same words run at once: contacts take messages of one
of them, and those of the other are lost.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runRestore(c.Context(), &o, stdioOf(c)) },
	}
	o.register(c.Flags())
	return c
}

func runRestore(ctx context.Context, o *makeOptions, stdio stdio) error {
	return o.run(ctx, stdio, func(ctx context.Context, p vault.Protection) (*profile.Profile, error) {
		words, err := readWords(ctx, stdio.secrets())
		defer clear(words)
		if err != nil {
			return nil, err
		}
		made, err := profile.Restore(ctx, o.profile.root, o.profile.name, string(words), p)
		var wrong *vault.WordError
		if errors.As(err, &wrong) {
			err = cli.Hint(err, "look how it is written; all others are in the list")
		}
		return made, err
	})
}

// maxWords bounds what is read as 24 words, in bytes.
const maxWords = 4096

// readWords returns what somebody types, or all of the input.
func readWords(ctx context.Context, s secrets) ([]byte, error) {
	if cli.IsTerminal(s.in) {
		return s.askLines(ctx, "the 24 words", func(typed []byte) string {
			if n := len(bytes.Fields(typed)); n < vault.WordCount {
				return fmt.Sprintf("%d of %d words are there; the others", n, vault.WordCount)
			}
			return ""
		})
	}
	words, err := io.ReadAll(io.LimitReader(s.in, maxWords+1))
	if err == nil && len(bytes.TrimSpace(words)) == 0 {
		err = cli.Hint(cli.Usage(errors.New("there are no words in the input")), "type them at a terminal, or put them into standard input")
	}
	return words, err
}
