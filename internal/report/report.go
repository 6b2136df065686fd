// Package report writes measured figures: as a table in Markdown, and into the
// documentation between two lines that mark their place.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// File is the name of the document that figures are written into.
const File = "benchmarks.md"

// Figure is what one measurement has found.
type Figure struct {
	Measure string
	// Base is what it was measured beside, in the form that people read. If it is
	// empty, Value is ours, in Unit; otherwise it is the ratio of ours to the base.
	Base, Ours string
	Value      float64
	// Limit is the goal, or 0 if there is none.
	Limit float64
	// AtLeast means that Value is to be no less than Limit, instead of no more.
	AtLeast bool
	Unit    string
}

// Reached reports whether the value is on the right side of its limit.
func (f Figure) Reached() bool {
	if f.AtLeast {
		return f.Value >= f.Limit
	}
	return f.Value <= f.Limit
}

// Table is the heading over what figures were measured beside, and the figures.
type Table struct {
	Base    string
	Figures []Figure
}

// String writes the table in Markdown.
func (t Table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| measure | %s | ours | ratio | to reach | reached |\n", t.Base)
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, f := range t.Figures {
		sign, reached := "≤", "yes"
		if f.AtLeast {
			sign = "≥"
		}
		if !f.Reached() {
			reached = "NO"
		}
		base, ratio, limit := f.Base, fmt.Sprintf("%.2f", f.Value), fmt.Sprintf("%s %.2f", sign, f.Limit)
		if base == "" {
			base, ratio, limit = "–", "–", fmt.Sprintf("%s %g%s", sign, f.Limit, f.Unit)
		}
		if f.Limit == 0 {
			limit, reached = "–", "–"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.Measure, base, f.Ours, ratio, limit, reached)
	}
	return b.String()
}

// Docs is a place in the documentation.
type Docs struct {
	// Name is in the lines around the place: <!-- Name: begin --> and end.
	Name string
	// Command is what writes there.
	Command string
	// With says what it was measured with, beside Go and the machine: nothing, or
	// "tor 0.4.9.11, ".
	With string
}

// Write writes a table into the documentation in a folder.
func (d Docs) Write(folder string, t Table) error {
	path := filepath.Join(folder, File)
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := d.Replace(old, d.conditions()+"\n\n"+t.String())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644) //nolint:gosec // it is published
}

// conditions says what was measured with, and when.
func (d Docs) conditions() string {
	return fmt.Sprintf("Measured on %s with %sGo %s on %d cores (%s/%s), by\n\n    %s",
		time.Now().UTC().Format(time.DateOnly), d.With, strings.TrimPrefix(runtime.Version(), "go"),
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, d.Command)
}

// Replace puts new text in the place. It fails if the lines around it are missing.
func (d Docs) Replace(doc []byte, text string) ([]byte, error) {
	begin, end := "<!-- "+d.Name+": begin -->", "<!-- "+d.Name+": end -->"
	head, rest, begun := bytes.Cut(doc, []byte(begin+"\n"))
	_, tail, ended := bytes.Cut(rest, []byte(end+"\n"))
	if !begun || !ended {
		return nil, errors.New("the lines between which the figures stand are missing")
	}
	return fmt.Appendf(nil, "%s%s\n\n%s\n%s\n%s", head, begin, text, end, tail), nil
}
