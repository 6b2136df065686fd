package manual

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Markdown returns all commands as one document, without a title. Flags and sections that
// all commands have are there once, under the program itself.
func Markdown(root *cobra.Command) string {
	var b strings.Builder
	all, common := commands(root), sections(root.Long)
	for _, c := range all {
		fmt.Fprintf(&b, "- [`%s`](#%s): %s\n", c.CommandPath(), anchor(c), c.Short)
	}
	for _, c := range all {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```\n%s\n```\n", c.CommandPath(), sentence(c.Short), c.UseLine())
		parts := sections(c.Long)
		markdownParts(&b, parts[0].parts)
		own, inherited := flags(c)
		if !c.HasParent() {
			own = append(own, inherited...)
		}
		if len(own) > 0 {
			b.WriteString("\n| flag | what it is for |\n|---|---|\n")
		}
		for _, f := range own {
			name, value, usage, standard := describe(f)
			if value != "" {
				name += " " + value
			}
			if standard != "" {
				usage += " (default: `" + standard + "`)"
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", name, cell(usage))
		}
		for _, s := range parts[1:] {
			if c.HasParent() && slices.ContainsFunc(common, func(other section) bool { return reflect.DeepEqual(s, other) }) {
				continue
			}
			fmt.Fprintf(&b, "\n**%s**\n", strings.ToUpper(s.title[:1])+strings.ToLower(s.title[1:]))
			markdownParts(&b, s.parts)
		}
	}
	return b.String()
}

// anchor returns what a heading with the name of a command is linked to by.
func anchor(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// sentence ends a short description with a full stop.
func sentence(s string) string { return strings.TrimSuffix(cell(s), ".") + "." }

func markdownParts(b *strings.Builder, parts []part) {
	for _, p := range parts {
		b.WriteByte('\n')
		if p.verbose {
			b.WriteString("```\n")
		}
		for _, line := range p.lines {
			if !p.verbose {
				line = escape(line)
			}
			b.WriteString(line + "\n")
		}
		if p.verbose {
			b.WriteString("```\n")
		}
	}
}

// cell writes text for a cell of a table.
func cell(s string) string { return strings.ReplaceAll(escape(s), "|", `\|`) }

// escape writes text so that nothing in it is taken for an element of HTML or emphasis.
func escape(s string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`).Replace(s)
}
