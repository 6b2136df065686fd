// Command onionwire is a chat without servers: two people, each with an onion
// service of their own, and end-to-end encryption between them.
package main

import (
	"os"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(newProgram())) }

func newProgram() cli.Program {
	return cli.Program{Root: newRoot(), Known: known, Statuses: statuses, Codes: statusCodes}
}
