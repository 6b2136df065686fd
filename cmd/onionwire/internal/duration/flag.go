package duration

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

var errFlag = errors.New("a time is a number with s, m, h, d or w, such as 30m or 7d, or 0")

// flag is a time span of a command line.
type flag struct {
	span  *time.Duration
	never time.Duration
}

// Flag returns the value of a flag for a time span: what [Parse] takes, or 0, or what Go
// takes, such as 1h30m or 300ms, which scripts write. It is kept in span, whose value is the
// default; never is what "never" and "off" are.
func Flag(span *time.Duration, never time.Duration) pflag.Value { return flag{span, never} }

// Set reads a time span. The error is for people.
func (f flag) Set(given string) error {
	given = strings.ToLower(strings.TrimSpace(given))
	span, err := Parse(given)
	switch {
	case err == nil && span == Never:
		span = f.never
	case err != nil || span == Default: // "default" is what a flag is that is left away
		if span, err = time.ParseDuration(given); err != nil || span < 0 {
			return errFlag
		}
		if span > Max {
			return errTooLong
		}
	}
	*f.span = span
	return nil
}

// String returns the time span as Set takes it.
func (f flag) String() string {
	if f.span == nil || *f.span == 0 {
		return "0"
	}
	s := f.span.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, nothing) {
			s = s[:len(s)-len("0s")]
		}
	}
	return s
}

// Type returns the word for the value in help texts.
func (f flag) Type() string { return "duration" }
