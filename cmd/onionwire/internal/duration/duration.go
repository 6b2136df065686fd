// Package duration reads and writes time spans as people do, in commands, in flags and in
// the interface alike. It is pure, and may be used concurrently.
package duration

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// What can be said in place of a time span.
const (
	// Never is what "never" and "off" mean.
	Never time.Duration = -1
	// Default is what "default" means.
	Default time.Duration = 0
)

// Max is the longest time span that can be typed: a year.
const Max = 365 * 24 * time.Hour

// ErrMalformed is for people, like all errors of this package.
var ErrMalformed = errors.New("a time is a number with s, m, h, d or w, such as 30m or 7d, or never")

var errTooLong = errors.New("a time is a year at most")

// Parse reads a time span of at least a second, such as 90s, 30m, 12h, 7d or 4w,
// or never, off or default. It fails with [ErrMalformed], or if that is longer than [Max].
func Parse(s string) (time.Duration, error) {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "never", "off":
		return Never, nil
	case "default":
		return Default, nil
	}
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
	}
	if s == "" {
		return 0, ErrMalformed
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	switch {
	case !ok || err != nil || n == 0:
		return 0, ErrMalformed
	case n > uint64(Max/unit):
		return 0, errTooLong
	}
	return time.Duration(n) * unit, nil
}

// Format writes a time span in words, in the largest unit that it is whole in.
func Format(d time.Duration) string {
	if d <= 0 {
		return "never"
	}
	for _, u := range []struct {
		name string
		is   time.Duration
	}{
		{"week", 7 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second},
	} {
		if d >= u.is && d%u.is == 0 {
			n := int64(d / u.is)
			if n == 1 {
				return "1 " + u.name
			}
			return strconv.FormatInt(n, 10) + " " + u.name + "s"
		}
	}
	return d.Round(time.Second).String()
}
