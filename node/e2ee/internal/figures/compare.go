package main

import (
	"runtime"
	"time"
)

// work does something n times and returns how long that took, without what it
// had to prepare.
type work func(n int) (time.Duration, error)

// repeat is work that has nothing to prepare.
func repeat(f func() error) work {
	return func(n int) (time.Duration, error) {
		began := time.Now()
		for range n {
			if err := f(); err != nil {
				return 0, err
			}
		}
		return time.Since(began), nil
	}
}

// comparison is how long something takes once, and how its bare primitives do.
type comparison struct{ ours, bare time.Duration }

func (c comparison) ratio() float64 { return c.ours.Seconds() / c.bare.Seconds() }

// compare measures both n times in a row, a millisecond or two, by turns, and
// takes the best round of each: the one that nothing has disturbed. On a machine
// with other work the medians come and go with that; these stay.
func compare(ours, bare work, n, rounds int) (comparison, error) {
	var best [2]time.Duration
	for round := range rounds + 1 {
		for turn := range best {
			side := (round + turn) % 2 // neither is always the first
			took, err := [...]work{ours, bare}[side](n)
			if err != nil {
				return comparison{}, err
			}
			if took /= time.Duration(n); round <= 1 || took < best[side] { // 0 warms up
				best[side] = took
			}
		}
	}
	return comparison{ours: best[0], bare: best[1]}, nil
}

// allocations returns how many allocations f makes. Nothing else may run.
func allocations(f func() error) (float64, error) {
	const times = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		if err := f(); err != nil {
			return 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return float64((after.Mallocs - before.Mallocs) / times), nil
}
