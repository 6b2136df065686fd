package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Pages returns the pages of section 1, by the names of their files, such as
// onionwire-send.1 for the command send. The format is that of man(7).
func Pages(root *cobra.Command, about About) map[string]string {
	pages := make(map[string]string)
	for _, c := range commands(root) {
		pages[pageName(c)+".1"] = page(c, about)
	}
	return pages
}

// pageName returns the name of the page of a command.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

func page(c *cobra.Command, about About) string {
	var b strings.Builder
	date := ""
	if !about.Date.IsZero() {
		date = about.Date.UTC().Format("2006-01-02")
	}
	fmt.Fprintf(&b, ".TH %s 1 %s %s %s\n", quoted(strings.ToUpper(pageName(c))), quoted(date),
		quoted(about.Name+" "+about.Version), quoted(about.Name))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(c)), roff(c.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(c.CommandPath()))
	if rest := strings.TrimSpace(strings.TrimPrefix(c.UseLine(), c.CommandPath())); rest != "" {
		b.WriteString(roff(rest) + "\n")
	}
	b.WriteString(".SH DESCRIPTION\n")
	all := sections(c.Long)
	writeParts(&b, all[0].parts)
	if subs := available(c); len(subs) > 0 {
		b.WriteString(".SH COMMANDS\n")
		for _, sub := range subs {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(sub.Name()), roff(sub.Short))
		}
	}
	own, inherited := flags(c)
	if len(own)+len(inherited) > 0 {
		b.WriteString(".SH OPTIONS\n")
	}
	for _, f := range append(own, inherited...) {
		name, value, usage, standard := describe(f)
		if value != "" {
			value = " \\fI" + roff(value) + "\\fR"
		}
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fR%s\n%s", roff(name), value, roff(usage))
		if standard != "" {
			b.WriteString(" (default: " + roff(standard) + ")")
		}
		b.WriteByte('\n')
	}
	for _, s := range all[1:] {
		fmt.Fprintf(&b, ".SH %s\n", s.title)
		writeParts(&b, s.parts)
	}
	if near := neighbours(c); len(near) > 0 {
		b.WriteString(".SH SEE ALSO\n" + strings.Join(near, "\n") + "\n")
	}
	return b.String()
}

// writeParts writes paragraphs and blocks.
func writeParts(b *strings.Builder, parts []part) {
	for i, p := range parts {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if p.verbose {
			b.WriteString(".nf\n")
		}
		for _, line := range p.lines {
			b.WriteString(roff(line) + "\n")
		}
		if p.verbose {
			b.WriteString(".fi\n")
		}
	}
}

// available returns the commands below one that people are told of.
func available(c *cobra.Command) (subs []*cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			subs = append(subs, sub)
		}
	}
	return subs
}

// neighbours returns the pages above and below that of a command.
func neighbours(c *cobra.Command) (near []string) {
	entry := func(c *cobra.Command) string { return fmt.Sprintf(".BR %s (1)", roff(pageName(c))) }
	if c.HasParent() {
		near = append(near, entry(c.Parent()))
	}
	for _, sub := range available(c) {
		near = append(near, entry(sub))
	}
	return near
}

// escapes are characters that roff takes for others, or for more than themselves.
var escapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "\t", "    ")

// roff writes text so that nothing in it is a request or an escape, and so that what is
// to be typed can be copied. What is not ASCII is written by its number.
func roff(text string) string {
	var b strings.Builder
	for _, r := range escapes.Replace(text) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	if text = b.String(); strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// quoted writes an argument of a request.
func quoted(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }
