package main

import (
	"errors"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

// checkTerminal finds out whether a terminal can show the interface, by what TERM says. All
// can that do something else than to write line after line.
func checkTerminal(term string) error {
	if term != "dumb" {
		return nil
	}
	return cli.Hint(errors.New("this terminal cannot show the interface: TERM is dumb"),
		"use commands, which 'onionwire --help' lists; or set TERM if the terminal can do more, as in TERM=xterm-256color onionwire")
}
