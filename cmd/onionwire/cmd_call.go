package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func newCall() *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use:   "call METHOD [PARAMETERS]",
		Short: "Ask a node that runs",
		Long: `call has the profile's node, which 'onionwire serve' runs, do one thing, and prints the
result as one line of JSON. PARAMETERS are a JSON object; with - they are read from
standard input, which keeps texts off the command line, where other users can read
them. docs/rpc.md has the methods, and 'onionwire call methods' lists them.

  onionwire call status
  onionwire call send '{"conversation":1,"text":"hello"}'
  onionwire call subscribe '{"after":120}'

'call subscribe' prints events, a line each, until it is interrupted: those after the
cursor, or those from now on. It goes on when the node is started again.

It needs no passphrase: whoever can read the token in the profile's folder may ask the
node for everything.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("name one method, and its parameters if it has any")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return runCall(c.Context(), f, stdioOf(c), args[0], args[1:]...)
		},
	}
	f.register(c.Flags())
	return c
}

// secretMethods take passphrases.
var secretMethods = []string{"change_passphrase", "export", "words"}

func runCall(ctx context.Context, f profileFlags, stdio stdio, method string, given ...string) (err error) {
	if len(given) > 0 && given[0] != "-" && slices.Contains(secretMethods, method) {
		return cli.Hint(cli.Usage(errors.New("a passphrase on the command line can be read by other users")),
			"write - in place of the parameters, and give them on standard input")
	}
	params, err := parameters(stdio.in, given...)
	if err != nil {
		return err
	}
	running, err := access.Running(ctx, f.root, f.name)
	if err != nil {
		return f.explain(err)
	}
	defer finish(&err, running)
	client, err := running.Client(ctx)
	if err != nil {
		return err
	}
	if method == "subscribe" {
		return subscribe(ctx, client, params, stdio.results())
	}
	var result json.RawMessage
	if err := client.Call(ctx, method, params, &result); err != nil {
		return withHint(method, err)
	}
	return stdio.results().Object(result)
}

// withHint puts what the node says could be done where such things are said.
func withHint(method string, err error) error {
	var refused *rpc.Error
	if !errors.As(err, &refused) || refused.Data.Hint == "" {
		return err
	}
	bare := *refused
	bare.Data.Hint = ""
	return cli.Hint(fmt.Errorf("%s: %w", method, &bare), refused.Data.Hint)
}

// parameters returns those of a call, or nil if there are none.
func parameters(in io.Reader, given ...string) (any, error) {
	if len(given) == 0 {
		return nil, nil
	}
	text := []byte(given[0])
	if given[0] == "-" {
		var err error
		if text, err = io.ReadAll(io.LimitReader(in, rpc.MaxLine+1)); err != nil {
			return nil, err
		}
	}
	var params map[string]json.RawMessage
	if err := json.Unmarshal(text, &params); err != nil || params == nil {
		return nil, cli.Hint(cli.Usage(errors.New("the parameters are no JSON object")), `write them as in '{"conversation":1,"text":"hello"}'`)
	}
	return params, nil
}

// subscribe prints events until ctx ends.
func subscribe(ctx context.Context, client *rpc.Client, params any, out output.Writer) error {
	after, err := afterOf(params)
	if err != nil {
		return err
	}
	for e, err := range client.Subscribe(ctx, after) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := out.Object(e); err != nil {
			return err
		}
	}
	return nil
}

// afterOf returns the cursor that events come after.
func afterOf(params any) (ledger.Cursor, error) {
	given, _ := params.(map[string]json.RawMessage)
	after := rpc.FromNow
	for name, value := range given {
		if name != "after" || json.Unmarshal(value, &after) != nil || after < 0 {
			return 0, cli.Hint(cli.Usage(errors.New("subscribe takes a cursor and nothing else")), `write it as in '{"after":120}'`)
		}
	}
	return after, nil
}
