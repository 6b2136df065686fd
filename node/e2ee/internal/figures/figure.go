package main

import (
	"fmt"
	"strings"
	"time"
)

// figure is what one measurement has found.
type figure struct {
	measure    string
	bare, ours string // bare may be empty: then value is that of ours
	value      float64
	limit      float64
	unit       string // of value and limit, unless they are ratios
}

func (f figure) reached() bool { return f.value <= f.limit }

// timed is the figure of a comparison.
func timed(measure string, c comparison, limit float64) figure {
	return figure{measure: measure, bare: duration(c.bare), ours: duration(c.ours), value: c.ratio(), limit: limit}
}

// counted is the figure of something that is the same in every run.
func counted(measure string, n float64, unit string, limit float64) figure {
	return figure{measure: measure, ours: fmt.Sprintf("%.0f%s", n, unit), value: n, limit: limit, unit: unit}
}

func duration(d time.Duration) string {
	return fmt.Sprintf("%.2f µs", float64(d)/float64(time.Microsecond))
}

// table writes figures in Markdown.
func table(figures []figure) string {
	var b strings.Builder
	b.WriteString("| measure | bare primitives | ours | ratio | to reach | reached |\n")
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, f := range figures {
		bare, ratio, limit := f.bare, fmt.Sprintf("%.2f", f.value), fmt.Sprintf("≤ %.2f", f.limit)
		if bare == "" {
			bare, ratio, limit = "–", "–", fmt.Sprintf("≤ %.0f%s", f.limit, f.unit)
		}
		reached := "yes"
		if !f.reached() {
			reached = "NO"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.measure, bare, f.ours, ratio, limit, reached)
	}
	return b.String()
}
