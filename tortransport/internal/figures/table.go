package main

import (
	"fmt"
	"strings"
)

// table writes figures in Markdown.
func table(figures []figure) string {
	var b strings.Builder
	b.WriteString("| measure | raw | stock | ours | ratio | to reach | reached |\n")
	b.WriteString("|---|---|---|---|---|---|---|\n")
	for _, f := range figures {
		var ratios, limits []string
		for _, g := range f.goals {
			ratios = append(ratios, fmt.Sprintf("%.2f %s", g.ratio, g.of))
			limits = append(limits, g.bound())
		}
		reached := "yes"
		if !f.reached() {
			reached = "NO"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", f.measure, f.raw, f.stock, f.ours,
			strings.Join(ratios, ", "), strings.Join(limits, ", "), reached)
	}
	return b.String()
}

func (g goal) bound() string {
	sign := "≤"
	if g.atLeast {
		sign = "≥"
	}
	return fmt.Sprintf("%s %.2f", sign, g.limit)
}
