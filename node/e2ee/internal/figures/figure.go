package main

import (
	"fmt"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

// docs is where the figures go.
var docs = report.Docs{Name: "end-to-end figures", Command: "go run ./node/e2ee/internal/figures -docs docs"}

// table is that of figures.
func table(figures []report.Figure) report.Table {
	return report.Table{Base: "bare primitives", Figures: figures}
}

// timed is the figure of a comparison.
func timed(measure string, c comparison, limit float64) report.Figure {
	return report.Figure{
		Measure: measure, Base: duration(c.bare), Ours: duration(c.ours), Value: c.ratio(), Limit: limit,
	}
}

// counted is the figure of something that is the same in every run.
func counted(measure string, n float64, unit string, limit float64) report.Figure {
	return report.Figure{Measure: measure, Ours: fmt.Sprintf("%.0f%s", n, unit), Value: n, Limit: limit, Unit: unit}
}

func duration(d time.Duration) string {
	return fmt.Sprintf("%.2f µs", float64(d)/float64(time.Microsecond))
}
