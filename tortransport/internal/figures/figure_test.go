package main

import (
	"strings"
	"testing"
	"time"
)

// sample has one figure that reaches its goals, and two that do not.
func sample() []figure {
	return []figure{
		{
			order: 1, measure: "first echo, warm <circuit>",
			raw: duration(300 * time.Millisecond), stock: duration(1500 * time.Millisecond), ours: duration(600 * time.Millisecond),
			goals: []goal{{ratio: 2, of: "raw round trips", limit: 2.3}, {ratio: 0.4, of: "of stock", limit: 0.45}},
		},
		{
			order: 2, measure: "throughput", raw: throughput(1 << 20), ours: throughput(1 << 19),
			goals: []goal{{ratio: 0.5, of: "of raw", limit: 0.95, atLeast: true}},
		},
		{
			order: 3, measure: "memory", stock: memory(40e3), ours: memory(46e3),
			goals: []goal{{ratio: 1.15, of: "of stock", limit: 1.1}, {ratio: 1, of: "of stock, best of each", limit: 1.1}},
		},
	}
}

func TestTable(t *testing.T) {
	want := []string{
		"| first echo, warm <circuit> | 300 ms | 1500 ms | 600 ms | 2.00 raw round trips, 0.40 of stock | ≤ 2.30, ≤ 0.45 | yes |",
		"| throughput | 1.00 MiB/s | – | 0.50 MiB/s | 0.50 of raw | ≥ 0.95 | NO |",
		"| memory | – | 40.0 kB | 46.0 kB | 1.15 of stock, 1.00 of stock, best of each | ≤ 1.10, ≤ 1.10 | NO |",
	}
	lines := strings.Split(strings.TrimSpace(table(sample())), "\n")[2:]
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want[i])
		}
	}
}

// TestMark: the line in the chart is where the strictest goal is.
func TestMark(t *testing.T) {
	for i, want := range []float64{0.675, 0.95 * (1 << 20), 44e3} {
		if got := sample()[i].mark(); got < want*0.999 || got > want*1.001 {
			t.Errorf("figure %d: the mark is at %g, want %g", i+1, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	all := times{5, 1, 4, 2, 9}
	if all.best() != 1 || all.median() != 4 {
		t.Errorf("best %d, median %d", all.best(), all.median())
	}
}
