package transfer

import (
	"math"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// smoothing is how long what has moved counts towards the rate: after that time, for
// little more than a third.
const smoothing = 10 * time.Second

// Progress is how far a file has come.
type Progress struct {
	// Chunks is how many chunks were moved, from the first one on.
	Chunks uint64
	// Bytes is how many bytes of the file are in them.
	Bytes uint64
	// Rate is how many bytes of the file come in a second, over the last ten.
	Rate float64
	// Left is how long the rest will take at that rate. It is 0 while that is not
	// known.
	Left time.Duration
}

// Meter measures a rate. It is for one goroutine at a time.
type Meter struct {
	began, last time.Time
	sum         float64 // of bytes, each of which fades with time
}

// NewMeter returns a Meter of something that begins now.
func NewMeter(now time.Time) *Meter { return &Meter{began: now, last: now} }

// Add counts n bytes that have moved.
func (m *Meter) Add(now time.Time, n int) {
	m.sum = m.sum*faded(now.Sub(m.last)) + float64(n)
	m.last = now
}

// Rate returns bytes a second, or 0 in the beginning.
func (m *Meter) Rate(now time.Time) float64 {
	// What a constant rate of 1 would have summed up to.
	one := smoothing.Seconds() * (1 - faded(now.Sub(m.began)))
	if one <= 0 {
		return 0
	}
	return m.sum * faded(now.Sub(m.last)) / one
}

// Left returns how long n more bytes take, or 0 if there is nothing to tell from.
func (m *Meter) Left(now time.Time, n uint64) time.Duration {
	const never = 365 * 24 * time.Hour // more than that says nothing
	rate := m.Rate(now)
	if rate <= 0 {
		return 0
	}
	seconds := float64(n) / rate
	if seconds > never.Seconds() {
		return never
	}
	return time.Duration(seconds * float64(time.Second))
}

// faded is what is left of 1 after some time.
func faded(d time.Duration) float64 { return math.Exp(-max(d, 0).Seconds() / smoothing.Seconds()) }

// progress makes the account of a file of size bytes, of which this chunk and all
// before it have moved.
func (m *Meter) progress(now time.Time, chunk filecrypt.Chunk, size uint64) Progress {
	bytes := min(uint64(chunk.Offset)+uint64(chunk.Data), size)
	return Progress{Chunks: chunk.Index + 1, Bytes: bytes, Rate: m.Rate(now), Left: m.Left(now, size-bytes)}
}
