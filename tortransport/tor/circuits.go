package tor

import (
	"context"
	"errors"
	"fmt"
)

// CircuitKind is what a circuit is for and what state it is in, in the words of
// control-spec section 4.1.1, such as HS_SERVICE_INTRO and BUILT.
type CircuitKind struct{ Purpose, Status string }

const (
	// maxKinds bounds how many kinds of circuits are told apart: tor has some twenty
	// purposes and six states.
	maxKinds = 128
	// maxKindWord bounds the length of either word, in bytes.
	maxKindWord = 40
	// otherKind stands for words that are none of tor's.
	otherKind = "OTHER"
)

// errNoSession is why nothing can be asked at the moment.
var errNoSession = errors.New("there is no connection to tor")

// Circuits counts the circuits that tor has, by kind. It tells nothing of where they
// lead. It fails at once with ErrControl if there is no connection to tor, and with
// ErrRefused if the control port does not tell.
func (d *Daemon) Circuits(ctx context.Context) (map[CircuitKind]int, error) {
	s, _ := d.current.get()
	if s == nil {
		return nil, fmt.Errorf("%w: %w", ErrControl, errNoSession)
	}
	r, err := s.control.request(ctx, circuitStatus)
	if err != nil {
		return nil, err
	}
	return countCircuits(r), nil
}

// countCircuits reads the answer to GETINFO circuit-status, a line for each circuit as
// in the CIRC event.
func countCircuits(r reply) map[CircuitKind]int {
	counts := make(map[CircuitKind]int)
	for words, pairs := range statusLines(r, "circuit-status=") {
		if len(words) < 2 {
			continue
		}
		k := CircuitKind{Purpose: kindWord(pairs["PURPOSE"]), Status: kindWord(words[1])}
		if _, known := counts[k]; !known && len(counts) >= maxKinds {
			k = CircuitKind{otherKind, otherKind}
		}
		counts[k]++
	}
	return counts
}

// kindWord returns a word as it is if it can be one of tor's: anything else might be
// an address.
func kindWord(s string) string {
	if s == "" || len(s) > maxKindWord {
		return otherKind
	}
	for _, c := range s {
		if (c < 'A' || c > 'Z') && c != '_' {
			return otherKind
		}
	}
	return s
}
