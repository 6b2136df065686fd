package main

import (
	"strings"
	"testing"
	"time"
)

// sample has figures that reach their limits and figures that do not.
func sample() []figure {
	return []figure{
		timed("seal", comparison{ours: 4200 * time.Nanosecond, bare: 3 * time.Microsecond}, 1.5),
		timed("open", comparison{ours: 4800 * time.Nanosecond, bare: 3 * time.Microsecond}, 1.5),
		counted("allocations", 5, "", 10),
		counted("saved session", 9000, " bytes", 8192),
	}
}

func TestTable(t *testing.T) {
	want := []string{
		"| seal | 3.00 µs | 4.20 µs | 1.40 | ≤ 1.50 | yes |",
		"| open | 3.00 µs | 4.80 µs | 1.60 | ≤ 1.50 | NO |",
		"| allocations | – | 5 | – | ≤ 10 | yes |",
		"| saved session | – | 9000 bytes | – | ≤ 8192 bytes | NO |",
	}
	got := strings.Split(strings.TrimSpace(table(sample())), "\n")[2:]
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
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
			if names[f.measure] {
				t.Errorf("there are two figures %q", f.measure)
			}
			names[f.measure] = true
			if f.bare == "" && !f.reached() {
				t.Errorf("%s: %s, limit %g", f.measure, f.ours, f.limit)
			}
			if f.value <= 0 {
				t.Errorf("%s: %g", f.measure, f.value)
			}
		}
	}
}
