package main

import (
	"io"

	"github.com/spf13/cobra"
)

// stdio is what a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

func stdioOf(c *cobra.Command) stdio { return stdio{c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()} }

func (s stdio) secrets() secrets { return secrets{s.in, s.err} }
