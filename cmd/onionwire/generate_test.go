package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

//go:generate go test -run TestCommandsDocument -update .

var update = flag.Bool("update", false, "write docs/commands.md anew")

// TestCommandsDocument: docs/commands.md is what the program says of itself.
func TestCommandsDocument(t *testing.T) {
	box := clitest.NewBox(t)
	box.Setenv("XDG_DATA_HOME", filepath.Join(box.Home, ".local", "share"))
	want := strings.Join(box.Run(0, "man", "--markdown").Out.All(), "\n") + "\n"
	path := filepath.Join(top, "docs", "commands.md")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if document(t, "docs/commands.md") != want {
		t.Error("docs/commands.md says something else than the program; go generate ./cmd/onionwire writes it anew")
	}
}
