// Package wording has the words in which people are told the same thing everywhere, in the
// interface and by commands: amounts, times, and whether somebody is there.
//
// The package is pure. Everything in it may be used concurrently.
package wording

import (
	"fmt"
	"time"
)

// Bytes is a number of bytes, such as 1.5 MiB.
func Bytes(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	const prefixes = "KMGTPE" // as far as an int64 goes
	value, i := float64(n)/unit, 0
	for ; value >= unit && i < len(prefixes)-1; i++ {
		value /= unit
	}
	return fmt.Sprintf("%.1f %ciB", value, prefixes[i])
}

// Span is a duration in its largest unit, such as 5 min. One below 0 counts as none.
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(max(d, 0).Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
