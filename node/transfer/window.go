package transfer

import (
	"math"
	"time"
)

// How many chunks of 64 KiB are under way at once.
const (
	// MinWindow keeps the other side busy while we open what came.
	MinWindow = 2
	// StartWindow is about what a path of 300 ms and 0.8 MiB/s holds.
	StartWindow = 4
	// MaxWindow bounds what waits to be read by us, to 1 MiB.
	MaxWindow = 16
)

const (
	// queueTarget is how much longer a chunk may take because others are before it
	// in the queue. Messages wait as long.
	queueTarget = 200 * time.Millisecond
	// baseAge is how long the shortest time of a chunk is believed. Then the queue is
	// let run empty once, which takes a round trip, to see whether the path has
	// changed.
	baseAge = 30 * time.Second
)

// window decides how many chunks are under way, by the time that they take: as LEDBAT
// does (RFC 6817), but with round trips, because chunks are asked for, and once in a
// round. The zero value is ready for use.
type window struct {
	size    float64       // chunks; 0 before the first one has come
	steady  bool          // there has been a queue: the beginning is over
	base    time.Duration // what a chunk takes that waits for none, as far as known
	baseAt  time.Time     // when it was seen
	probing bool          // the queue is to run empty
	round   time.Time     // when the round began
	seen    int           // chunks that were asked for in this round, and are there
	least   time.Duration // the shortest time of them
}

// limit is how many chunks may be under way.
func (w *window) limit() int {
	switch {
	case w.probing:
		return MinWindow
	case w.size == 0:
		return StartWindow
	}
	return int(w.size)
}

// arrived learns from a chunk that was asked for, and is there now.
func (w *window) arrived(asked, now time.Time) {
	took := now.Sub(asked)
	switch {
	case w.size == 0:
		w.size = StartWindow
		w.measured(took, now)
		return
	case w.probing:
		if !asked.Before(w.round) { // otherwise from before the queue ran empty
			w.probing = false
			w.size = max(MinWindow, w.size/2) // the rest follows: all at once it would be a queue
			w.measured(took, now)
		}
		return
	case took < w.base+queueTarget/4:
		w.base, w.baseAt = min(w.base, took), now
	}
	// Those that were asked for before a round, or as soon as it began, have not all
	// of its chunks in front of them.
	if !asked.After(w.round) {
		return
	}
	w.seen++
	w.least = min(w.least, took)
	if w.seen < (w.limit()+1)/2 {
		return // some come in bursts, and wait for each other
	}
	w.adjust(w.least)
	w.probing = now.Sub(w.baseAt) > baseAge
	w.begin(now)
}

// adjust ends a round in which every chunk took at least so long.
func (w *window) adjust(took time.Duration) {
	w.steady = w.steady || took > w.base+queueTarget/2
	growth := 1.5
	if w.steady {
		// With so many more, or fewer, they take queueTarget longer than without a queue.
		growth = min(growth, float64(w.base+queueTarget)/float64(took))
	}
	w.size = max(MinWindow, min(MaxWindow, w.size*growth))
}

// measured is told how long a chunk has taken that waited for none.
func (w *window) measured(took time.Duration, now time.Time) {
	w.base, w.baseAt = took, now
	w.begin(now)
}

// begin begins a round.
func (w *window) begin(now time.Time) { w.round, w.seen, w.least = now, 0, math.MaxInt64 }
