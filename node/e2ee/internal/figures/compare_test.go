package main

import (
	"errors"
	"testing"
	"time"
)

// scripted is work that takes as long as it is told, and counts.
func scripted(calls *int, took ...time.Duration) work {
	return func(n int) (time.Duration, error) {
		d := took[*calls%len(took)]
		*calls++
		return d * time.Duration(n), nil
	}
}

func TestCompareTakesTheBestRound(t *testing.T) {
	var ours, bare int
	c, err := compare(scripted(&ours, 1, 40, 30, 50), scripted(&bare, 1, 20, 25, 10), 7, 3)
	if err != nil {
		t.Fatal(err)
	}
	// The first of each warms up.
	if c.ours != 30 || c.bare != 10 {
		t.Errorf("ours %d, bare %d; want 30, 10", c.ours, c.bare)
	}
	if ours != 4 || bare != 4 {
		t.Errorf("measured %d and %d times, want 4 and 4", ours, bare)
	}
}

func TestCompareStopsAtAnError(t *testing.T) {
	want := errors.New("no")
	fails := repeat(func() error { return want })
	var calls int
	fine := scripted(&calls, 1)
	for _, sides := range [][2]work{{fails, fine}, {fine, fails}} {
		if _, err := compare(sides[0], sides[1], 1, 1); !errors.Is(err, want) {
			t.Errorf("got error %v, want %v", err, want)
		}
	}
}

func TestAllocations(t *testing.T) {
	var kept [][]byte
	n, err := allocations(func() error {
		kept = [][]byte{make([]byte, 100), make([]byte, 100)} // and their slice
		return nil
	})
	if err != nil || n != 3 || len(kept) != 2 {
		t.Errorf("%g allocations, %v, want 3", n, err)
	}
}
