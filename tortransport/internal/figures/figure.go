package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// figure is what one measurement has found.
type figure struct {
	order   int // in the table
	measure string
	// raw is what Tor takes without libp2p, stock what libp2p takes without us.
	// Either may be missing.
	raw, stock, ours quantity
	goals            []goal
}

// goal is what ours is to reach, as a ratio.
type goal struct {
	ratio   float64
	of      string // the other part of the ratio
	limit   float64
	atLeast bool // instead of at most
}

func (g goal) reached() bool {
	if g.atLeast {
		return g.ratio >= g.limit
	}
	return g.ratio <= g.limit
}

func (f figure) reached() bool {
	return !slices.ContainsFunc(f.goals, func(g goal) bool { return !g.reached() })
}

// quantity is a value with its unit. The zero quantity is a missing one.
type quantity struct {
	value float64
	text  string
}

func (q quantity) String() string {
	if q.text == "" {
		return "–"
	}
	return q.text
}

func duration(d time.Duration) quantity {
	return quantity{d.Seconds(), fmt.Sprintf("%.0f ms", d.Seconds()*1e3)}
}

// throughput is given in bytes a second.
func throughput(bytes float64) quantity {
	return quantity{bytes, fmt.Sprintf("%.2f MiB/s", bytes/(1<<20))}
}

func memory(bytes float64) quantity { return quantity{bytes, fmt.Sprintf("%.1f kB", bytes/1e3)} }

func number(n float64) quantity { return quantity{n, fmt.Sprintf("%.1f", n)} }

// times are those of one thing, measured again and again.
type times []time.Duration

// add appends one that was measured without an error.
func (t times) add(d time.Duration, err error) (times, error) {
	if err != nil {
		return t, err
	}
	return append(t, d), nil
}

func (t times) best() time.Duration { return slices.Min(t) }

func (t times) median() time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[len(sorted)/2]
}

func over(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }

func sortFigures(figures []figure) {
	slices.SortFunc(figures, func(a, b figure) int { return cmp.Compare(a.order, b.order) })
}
