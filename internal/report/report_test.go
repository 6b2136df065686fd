package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/internal/report"
)

// sample has figures that reach their limits and figures that do not.
var sample = report.Table{Base: "bare", Figures: []report.Figure{
	{Measure: "seal", Base: "3 µs", Ours: "4.2 µs", Value: 1.4, Limit: 1.5},
	{Measure: "open", Base: "3 µs", Ours: "4.8 µs", Value: 1.6, Limit: 1.5},
	{Measure: "throughput", Base: "10", Ours: "9", Value: 0.9, Limit: 0.95, AtLeast: true},
	{Measure: "allocations", Ours: "5", Value: 5, Limit: 10},
	{Measure: "saved", Ours: "9000 bytes", Value: 9000, Limit: 8192, Unit: " bytes"},
	{Measure: "time", Ours: "3 ms", Value: 3, Unit: " ms"},
}}

var place = report.Docs{Name: "figures", Command: "go run ./figures"}

func TestTable(t *testing.T) {
	want := `| measure | bare | ours | ratio | to reach | reached |
|---|---|---|---|---|---|
| seal | 3 µs | 4.2 µs | 1.40 | ≤ 1.50 | yes |
| open | 3 µs | 4.8 µs | 1.60 | ≤ 1.50 | NO |
| throughput | 10 | 9 | 0.90 | ≥ 0.95 | NO |
| allocations | – | 5 | – | ≤ 10 | yes |
| saved | – | 9000 bytes | – | ≤ 8192 bytes | NO |
| time | – | 3 ms | – | – | – |
`
	if got := sample.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, report.File)
	before, after := "# Benchmarks\n\n<!-- figures: begin -->\n", "<!-- figures: end -->\n\nMore text.\n"
	if err := os.WriteFile(path, []byte(before+"old\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what it has written it can replace
		if err := place.Write(dir, sample); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || strings.Contains(got, "old") {
		t.Errorf("what is around the figures has changed, or they have not: %q", got)
	}
	for _, want := range []string{place.Command, sample.String()} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is there %d times, want once", want, strings.Count(got, want))
		}
	}
}

// TestWriteNowhere: text that has no place for figures is left alone.
func TestWriteNowhere(t *testing.T) {
	begin, end := "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
	for _, text := range []string{"", begin, end + begin} {
		if _, err := place.Replace([]byte(text), "new"); err == nil {
			t.Errorf("%q was changed", text)
		}
	}
	if err := place.Write(t.TempDir(), sample); err == nil {
		t.Error("figures were written where there is no document")
	}
}
