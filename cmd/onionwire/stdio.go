package main

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
)

// stdio is what a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
	json     bool // whether programs read out, and err
}

const jsonFlag = "json"

func registerJSON(fs *pflag.FlagSet) {
	fs.Bool(jsonFlag, false, "print results, and errors, as JSON: one object a line")
}

func stdioOf(c *cobra.Command) stdio {
	json, _ := c.Flags().GetBool(jsonFlag) // a command without is one of a test
	return stdio{c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr(), json}
}

func (s stdio) secrets() secrets { return secrets{s.in, s.err} }

// results is for what was asked for.
func (s stdio) results() output.Writer { return output.Writer{Out: s.out, JSON: s.json} }

// notes is for what people like to know besides.
func (s stdio) notes() io.Writer {
	if s.json {
		return io.Discard
	}
	return s.err
}
