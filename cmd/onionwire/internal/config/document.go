package config

import (
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// Sample returns a file in which every key has its default, in comments that say what it
// is for.
func Sample() string {
	var b strings.Builder
	b.WriteString("# How Onionwire is set up. A line without \"#\" before it holds; what is shown here\n" +
		"# behind \"#\" holds anyhow. No secret belongs into this file.\n")
	table := ""
	for _, k := range Keys() {
		name := k.Name
		if before, inner, ok := strings.Cut(k.Name, "."); ok {
			name = inner
			if before != table {
				table = before
				fmt.Fprintf(&b, "\n[%s]\n", table)
			}
		}
		b.WriteByte('\n')
		for _, line := range wrap(strings.ReplaceAll(k.Doc, "`", ""), 86) {
			fmt.Fprintf(&b, "# %s\n", line)
		}
		if len(k.Choices) > 0 {
			fmt.Fprintf(&b, "# One of: %s\n", strings.Join(k.Choices, ", "))
		}
		switch {
		case k.many():
			fmt.Fprintf(&b, "# For example: ACTION = %s\n", k.Example)
		default:
			if k.Example != "" {
				fmt.Fprintf(&b, "# For example: %s = %s\n", name, k.Example)
			}
			fmt.Fprintf(&b, "# %s = %s\n", name, k.standard())
		}
	}
	return b.String()
}

// Table returns all keys as a table in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| key | value | default | variable | what it is for |\n|---|---|---|---|---|\n")
	for _, k := range Keys() {
		kind, start, variable, doc := k.Type, "", "", k.Doc
		if len(k.Choices) > 0 {
			kind = "`" + strings.Join(k.Choices, "`, `") + "`"
		}
		if !k.many() {
			start, variable = "`"+k.standard()+"`", "`"+Variable(k.Name)+"`"
		}
		if k.Example != "" {
			doc += " For example `" + k.Example + "`."
		}
		if k.flag != "" {
			doc += " The flag `--" + k.flag + "` goes before it."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Name, kind, start, variable, doc)
	}
	return b.String()
}

// Actions returns what keys can be set for, as a table in Markdown.
func Actions() string {
	var b strings.Builder
	b.WriteString("| action | where | keys | what they do |\n|---|---|---|---|\n")
	for _, binding := range keys.Default().Bindings() {
		var chords []string
		for _, k := range binding.Keys {
			chords = append(chords, code(k))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", binding.Action, binding.Where, strings.Join(chords, ", "), binding.Help)
	}
	return b.String()
}

// code writes the name of a key in a cell of a table, which may be that of a backquote
// or of what divides cells.
func code(name string) string {
	if strings.Contains(name, "`") {
		return "`` " + name + " ``"
	}
	return "`" + strings.ReplaceAll(name, "|", `\|`) + "`"
}

// standard returns the default as in a file.
func (k Key) standard() string {
	c := defaults()
	value, err := k.field(c).parse(k.field(c).text())
	if err != nil {
		panic(fmt.Sprintf("the default of %s is none: %v", k.Name, err)) // a mistake in the table
	}
	line, err := format(value)
	if err != nil {
		panic(fmt.Sprintf("the default of %s cannot be written: %v", k.Name, err))
	}
	return strings.ReplaceAll(string(line), "'", `"`)
}

// wrap breaks a text into lines of up to width bytes, at spaces.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
