package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/internal/manual"
)

// documentTitle begins docs/commands.md.
const documentTitle = `# Commands

All that ` + "`onionwire`" + ` can be told, as its help texts have it. This document is made of the program: ` + "`go generate ./cmd/onionwire`" + `
writes it anew. [The guide](guide.md) shows how they are used.

`

func newMan() *cobra.Command {
	var dir string
	var markdown bool
	c := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print the manual page of a command, or write all of them",
		Long: `man prints the manual page of a command, or of onionwire, in the format of man(7). With
--dir it writes the pages of all commands into a folder, with --markdown it prints all of
them as one document in Markdown.

  onionwire man send | man -l -
  onionwire man --dir ~/.local/share/man/man1`,
		Args: func(_ *cobra.Command, args []string) error {
			if dir != "" && len(args) > 0 || markdown && (dir != "" || len(args) > 0) {
				return errors.New("name a command, or give --dir for all of them, or --markdown")
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			if of, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				for _, sub := range of.Commands() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if markdown {
				_, err := fmt.Fprint(stdioOf(c).out, documentTitle+manual.Markdown(c.Root()))
				return err
			}
			return runMan(c.Root(), stdioOf(c), dir, args)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "`FOLDER` for the pages of all commands, made if it is missing")
	c.Flags().BoolVar(&markdown, "markdown", false, "print all commands as one document in Markdown")
	_ = c.MarkFlagDirname("dir")
	return c
}

func runMan(root *cobra.Command, stdio stdio, dir string, args []string) error {
	pages := manual.Pages(root, manual.About{Name: "Onionwire", Version: cli.Version(), Date: cli.Date()})
	if dir == "" {
		of, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return cli.Hint(cli.Usage(errors.New("there is no such command")), "see 'onionwire --help'")
		}
		_, err = fmt.Fprint(stdio.out, pages[strings.ReplaceAll(of.CommandPath(), " ", "-")+".1"])
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // manuals are for everybody
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(pages[name]), 0o644); err != nil { //nolint:gosec // manuals are for everybody
			return err
		}
		if err := stdio.results().Show(map[string]string{"page": path}, "%s", path); err != nil {
			return err
		}
	}
	return nil
}
