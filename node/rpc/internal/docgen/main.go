// Docgen writes the tables of docs/rpc.md: from the tables of package rpc, and from the
// comments of its source. "go generate ./node/rpc" runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

// run writes the document anew. dir is that of package rpc.
func run(dir string) error {
	path := filepath.Join(dir, "..", "..", "docs", "rpc.md")
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document, err := generate(dir, string(old))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(document), 0o644) //nolint:gosec // it is for everybody
}

// generate returns a document with its tables made anew.
func generate(dir, document string) (string, error) {
	c := newComments()
	if err := c.read(dir, ""); err != nil {
		return "", err
	}
	if err := c.read(filepath.Join(dir, "..", "ledger"), "ledger."); err != nil {
		return "", err
	}
	return replaceBlocks(document, newTables(c).blocks())
}
