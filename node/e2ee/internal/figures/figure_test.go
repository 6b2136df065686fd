package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

func TestTable(t *testing.T) {
	got := table([]report.Figure{
		timed("seal", comparison{ours: 4200 * time.Nanosecond, bare: 3 * time.Microsecond}, 1.5),
		counted("saved session", 9000, " bytes", 8192),
	}).String()
	want := `| measure | bare primitives | ours | ratio | to reach | reached |
|---|---|---|---|---|---|
| seal | 3.00 µs | 4.20 µs | 1.40 | ≤ 1.50 | yes |
| saved session | – | 9000 bytes | – | ≤ 8192 bytes | NO |
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMeasures: every measure runs, and what does not depend on the machine is
// within its limits.
func TestMeasures(t *testing.T) {
	names := make(map[string]bool)
	for _, m := range measures {
		figures, err := m.run(1)
		if err != nil {
			t.Fatalf("%s: %v", m.name, err)
		}
		for _, f := range figures {
			if names[f.Measure] {
				t.Errorf("there are two figures %q", f.Measure)
			}
			names[f.Measure] = true
			if f.Base == "" && !f.Reached() {
				t.Errorf("%s: %s, limit %g", f.Measure, f.Ours, f.Limit)
			}
			if f.Value <= 0 {
				t.Errorf("%s: %g", f.Measure, f.Value)
			}
		}
	}
}

// TestDocsHaveAPlace: the documentation of this module has the two lines.
func TestDocsHaveAPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", report.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Replace(text, "new"); err != nil {
		t.Error(err)
	}
}
