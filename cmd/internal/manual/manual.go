// Package manual makes the manual of a program from its commands: pages for man, and
// Markdown. Both say what the help texts say, from which they are made, and nothing that
// depends on the machine or the user that make them.
package manual

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// About is what the pages say of the program besides its commands.
type About struct {
	// Name is how the project is called.
	Name string
	// Version is that of the program.
	Version string
	// Date is that of the version. The zero time is left out.
	Date time.Time
}

// section is a part of a help text: paragraphs and blocks.
type section struct {
	title string // empty before the first title
	parts []part
}

// part is a paragraph of text, or a block of lines that stay as they are.
type part struct {
	lines   []string
	verbose bool // a block
}

// sections takes a help text apart. A line of capitals begins a section, lines that are
// indented are a block, and an empty line ends either.
func sections(text string) []section {
	all := []section{{}}
	var current *part
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n ")
		last := &all[len(all)-1]
		block := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
		switch {
		case line == "":
			current = nil
			continue
		case isTitle(line):
			all, current = append(all, section{title: line}), nil
			continue
		case current == nil || current.verbose != block:
			last.parts = append(last.parts, part{verbose: block})
			current = &last.parts[len(last.parts)-1]
		}
		current.lines = append(current.lines, line)
	}
	return all
}

// isTitle reports whether a line is that of a section, such as EXIT STATUS.
func isTitle(line string) bool {
	return len(line) > 2 && strings.IndexFunc(line, func(r rune) bool { return r != ' ' && (r < 'A' || r > 'Z') }) < 0
}

// commands returns what people can call, below and with a command, in the order of the
// help texts.
func commands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			all = append(all, commands(sub)...)
		}
	}
	return all
}

// flags returns the flags of a command and those that it has from above, hidden ones
// apart. All commands have --help, which nobody needs to be told of.
func flags(c *cobra.Command) (own, inherited []*pflag.Flag) {
	collect := func(set *pflag.FlagSet) (all []*pflag.Flag) {
		set.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" {
				all = append(all, f)
			}
		})
		return all
	}
	return collect(c.NonInheritedFlags()), collect(c.InheritedFlags())
}

// describe returns the parts of a flag that people are told of: its name with a value,
// what it is for, and its default if there is one to tell.
func describe(f *pflag.Flag) (name, value, usage, standard string) {
	value, usage = pflag.UnquoteUsage(f)
	name = "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	switch f.DefValue {
	case "", "false", "0", "[]", "0s":
	default:
		standard = harmless(f.DefValue)
	}
	return name, value, usage, standard
}

// harmless replaces the home folder of whoever makes the manual.
func harmless(value string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" || home == "/" {
		return value
	}
	if rest, ok := strings.CutPrefix(value, home); ok && (rest == "" || rest[0] == '/' || rest[0] == os.PathSeparator) {
		return "~" + rest
	}
	return value
}
