package console

import "strings"

// Page is a page about a command, whose paragraphs are lines that the screen wraps.
func (c Command) Page() string {
	var b strings.Builder
	b.WriteString(c.Usage() + "\n\n" + c.Summary + ".\n")
	if c.Help != "" {
		b.WriteString("\n" + strings.Join(strings.Fields(c.Help), " ") + "\n")
	}
	if len(c.Aliases) > 0 {
		b.WriteString("\nAlso: /" + strings.Join(c.Aliases, ", /") + "\n")
	}
	if len(c.Examples) > 0 {
		b.WriteString("\nFor example:\n")
		for _, e := range c.Examples {
			b.WriteString("  " + e + "\n")
		}
	}
	return b.String()
}
