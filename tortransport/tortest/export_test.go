package tortest

import (
	"io"
	"time"
)

// MaxInFlight is the bound of one direction of a slow link, in bytes.
const MaxInFlight = maxInFlight

// NewForwarder starts a forwarder to target and returns its port and what ends
// it.
func NewForwarder(target string, delay time.Duration) (port int, stop func(), err error) {
	f, err := newForwarder(target, delay)
	if err != nil {
		return 0, nil, err
	}
	return f.port(), f.close, nil
}

// ParseConsensus is the parser of what the authority publishes.
func ParseConsensus(r io.Reader) (map[string][]string, error) { return parseConsensus(r) }
