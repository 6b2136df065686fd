package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func newWords(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "words",
		Short: "Show the 24 words from which the profile can be made again",
		Long: `words shows the 24 words that the profile's master secret is written down as, after
asking for the passphrase. 'onionwire restore' makes the profile again from them, with
its identity and its first address, and without contacts and messages.

Whoever reads them is you, and no passphrase helps against that. Write them on paper.

With --json, it prints {"words":[…]}.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.withPassphrase(c.Context(), stdioOf(c), showWords) },
	}
	f.register(c.Flags())
	return c
}

// wordsPerLine divides 24.
const wordsPerLine = 6

func showWords(ctx context.Context, s *session, passphrase []byte) error {
	text, err := s.Words(ctx, string(passphrase))
	if err != nil {
		return err
	}
	words := strings.Fields(text)
	if s.out.JSON {
		return s.out.Object(map[string][]string{"words": words})
	}
	fmt.Fprintln(s.stdio.err, "write these down, in this order, and let nobody see them:")
	for line := range slices.Chunk(words, wordsPerLine) {
		if _, err := fmt.Fprintln(s.out.Out, strings.Join(line, " ")); err != nil {
			return err
		}
	}
	return nil
}
