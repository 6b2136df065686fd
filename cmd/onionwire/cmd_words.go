package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

func newWords() *cobra.Command {
	var f lockedFlags
	c := &cobra.Command{
		Use:   "words",
		Short: "Show the 24 words from which the profile can be made again",
		Long: `words shows the 24 words that the profile's master secret is written down as, after
asking for the passphrase. 'onionwire restore' makes the profile again from them, with
its identity and its first address, and without contacts and messages.

Whoever reads them is you, and no passphrase helps against that. Write them on paper.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runWords(c.Context(), f, stdioOf(c)) },
	}
	f.register(c.Flags())
	return c
}

// wordsPerLine divides 24.
const wordsPerLine = 6

func runWords(ctx context.Context, f lockedFlags, stdio stdio) error {
	return f.unlock(ctx, stdio.secrets(), func(passphrase []byte) (err error) {
		p, err := profile.Open(ctx, f.root, f.name, passphrase)
		if err != nil {
			return err
		}
		defer finish(&err, p)
		words, err := p.Words(passphrase)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdio.err, "write these down, in this order, and let nobody see them:")
		for line := range slices.Chunk(words, wordsPerLine) {
			if _, err := fmt.Fprintln(stdio.out, strings.Join(line, " ")); err != nil {
				return err
			}
		}
		return nil
	})
}
